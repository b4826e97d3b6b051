"""Reading a template: its resources, and what its intrinsic functions amount to.

`Template.read(body)` is a template as written; `stacks(template, account)` are what it can become.
A stack's resources have properties that are resolved to `Text`, numbers, booleans, `Items` and
`Fields`. What nobody can know before the stack exists stays in them as a `Token` with a name.
"""

from cicdgen.cloudformation.account import EXAMPLE, SOMEWHERE, Account
from cicdgen.cloudformation.stack import Resource, Stack, stacks
from cicdgen.cloudformation.template import Template
from cicdgen.cloudformation.text import Shape, Text, Token
from cicdgen.cloudformation.values import Fields, Items, Path, Value, plain, written

__all__ = [
    "EXAMPLE",
    "SOMEWHERE",
    "Account",
    "Fields",
    "Items",
    "Path",
    "Resource",
    "Shape",
    "Stack",
    "Template",
    "Text",
    "Token",
    "Value",
    "plain",
    "stacks",
    "written",
]
