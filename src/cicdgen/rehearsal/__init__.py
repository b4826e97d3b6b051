"""Rehearse a template: run its own pipeline on this machine, from the upload to the moved alias.

`record` are the values that a rehearsal leaves, `rehearse` makes them. One module for each service
that takes part. What is not modelled is an error, and never passed over.
"""
