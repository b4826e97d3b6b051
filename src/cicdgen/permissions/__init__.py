"""The least policy with which a command works on a template: for a person, CI or CloudFormation.

`table` reads which calls CloudFormation makes for each type of resource (`calls.toml`), `resources`
puts them to a stack's own resources, `callers` adds what the command calls itself, and `policy`
folds the needs into statements, each with its reason.
"""
