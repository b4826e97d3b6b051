"""Checking: what is checked, how it is run, what is let through, and whether it can fail."""
