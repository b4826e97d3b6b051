"""What the checks look at: the resources of a stack, read as what they are at run time.

A `Place` is a value and where it was written. A pipeline has actions, an alarm has metrics, a
project has a buildspec. Nothing here judges.
"""
