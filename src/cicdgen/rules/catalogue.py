"""Every rule, in the order of its number, and the checks that feed it.

Numbers: 9501 to 9520 are the rules that are meant for the twenty failures of a first attempt,
9521 and up are about wiring, 9550 and up about hardening, 9590 and up about permissions. A number
is never given to another rule.
"""

from __future__ import annotations

from cicdgen.rules import alarms, builds, encryption, functions, permissions, pipelines, storage
from cicdgen.rules.rule import Rule

UNREADABLE = Rule(
    id="E9500",
    title="The template can be read, and every check can run to its end",
    why=(
        "What cannot be read is not proved. A clean run over a template that was skipped would be "
        "a green light that means nothing. The same goes for a policy that a macro or a parameter "
        "brings in: it may say anything."
    ),
    fix=(
        "The message names what went wrong. Where cfn-lint finds the template malformed too, put "
        "that right first; otherwise it is a bug of cicdgen, and this template shows it."
    ),
    source="AWSCloudFormation/template-anatomy",
    checks=("readable", "policy-read"),
)
STALE_WAIVER = Rule(
    id="W9599",
    title="A waiver is used, and has not expired",
    why=(
        "A waiver that lets nothing through is left over from what has changed since, and nobody "
        "has looked at what is there now. One that has expired lets nothing through any more."
    ),
    fix="Remove the waiver, or renew it with a reason that still holds.",
    source="IAM/best-practices",
    checks=(),
)
_GROUPS = (alarms, builds, encryption, functions, permissions, pipelines, storage)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (UNREADABLE, STALE_WAIVER, *(rule for group in _GROUPS for rule in group.RULES)),
        key=lambda rule: (rule.id[1:], rule.id),
    )
)
BY_CHECK = {check: rule for rule in RULES for check in rule.checks}
BY_ID = {name: rule for rule in reversed(RULES) for name in (rule.id, rule.doubt)}
"""A rule by its id, or by the id of its doubts."""
