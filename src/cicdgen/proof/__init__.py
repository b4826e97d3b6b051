"""Proof that a pipeline can do what it must, and nothing more, from its template alone."""
