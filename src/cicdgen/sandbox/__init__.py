"""An AWS on this machine, to deploy into: ministack as a process of its own, on loopback.

`environment` finds and makes the virtual environment it lives in, `running` starts and stops it,
and `plugin` runs inside its process and teaches it the types that it lacks. What it does not keep
of a template is in docs/sandbox.md, and tests hold the page to what it does.
"""
