"""The parts of the pipeline, one file each. A part is handed only parts that stand before it.

The order of the imports in here is the order of the resources in the account.
"""
