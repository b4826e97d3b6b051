"""Rehearse a template: run its own pipeline on this machine, from the upload to the moved alias.

`record` are the values that a rehearsal leaves, `matrix` makes them, one scenario after another.
One module for each service that takes part. What is not modelled is an error, never passed over.
"""
