"""The rules, for any team's linter: `cfn-lint --append-rules cicdgen.rules`.

cfn-lint looks for classes among the names of this module. They are made when it asks for them, so
that `cicdgen explain` and the docs can read a rule without loading cfn-lint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.rules.catalogue import RULES

if TYPE_CHECKING:
    from cicdgen.rules.adapter import Ours

_BY_ID = {
    name: (rule, name != rule.id)
    for rule in RULES
    for name in (rule.id, rule.doubt)
    # What no check feeds is told by somebody else.
    if rule.checks
}
_MADE: dict[str, type[Ours]] = {}


def __getattr__(name: str) -> type[Ours]:
    if name not in _BY_ID:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    if name not in _MADE:
        from cicdgen.rules.adapter import linted  # noqa: PLC0415 - it loads cfn-lint

        rule, doubt = _BY_ID[name]
        _MADE[name] = linted(rule, doubt=doubt)
    return _MADE[name]


def __dir__() -> list[str]:
    return sorted(_BY_ID)
