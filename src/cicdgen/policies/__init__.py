"""What each may do, and why. A file is named for the role or the resource it is attached to.

Arguments in, grants out: nothing here knows the resources, and awacs is the only import.
"""
