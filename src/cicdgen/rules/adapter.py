"""The rules as cfn-lint's: one class for each, and one for its doubts.

A template is analysed once, however many of them ask: cfn-lint hands all of them the same
`Template`, and what was said of it is forgotten together with it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from cfnlint.rules import CloudFormationLintRule, RuleMatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.template import Template

    from cicdgen.rules.ahead import Ahead
    from cicdgen.rules.analysis import Report
    from cicdgen.rules.rule import Rule

_ANALYSED: WeakKeyDictionary[Template, tuple[Report, ...]] = WeakKeyDictionary()
_BEGUN: dict[int, Ahead] = {}


@contextmanager
def begun(body: object, ahead: Ahead | None) -> Iterator[None]:
    """While this holds, the reports on a template's body are those that another process makes."""
    if ahead is not None:
        _BEGUN[id(body)] = ahead
    try:
        yield
    finally:
        left = _BEGUN.pop(id(body), None)
        if left is not None:
            left.reports()


class Ours(CloudFormationLintRule):
    """A rule of ours: it picks out what was said under its id."""

    def match(self, cfn: Template) -> list[RuleMatch]:
        """The places where a template breaks the rule."""
        said = _ANALYSED.get(cfn)
        if said is None:
            said = _ANALYSED[cfn] = _analysed(cfn)
        return [
            RuleMatch(list(report.path), report.message)
            for report in said
            if report.rule == self.id
        ]


def _analysed(cfn: Template) -> tuple[Report, ...]:
    # A macro that has run makes another body: what was begun is not about that.
    ahead = _BEGUN.pop(id(cfn.template), None)
    reports = ahead.reports() if ahead else None
    if reports is not None:
        return reports
    from cicdgen.rules.analysis import analyse  # noqa: PLC0415 - see `ahead`

    return analyse(cfn.template, cfn.regions[0])


def linted(rule: Rule, *, doubt: bool = False) -> type[Ours]:
    """The class that cfn-lint makes an instance of.

    Args:
        rule: the rule.
        doubt: whether it is the one that tells the rule's doubts.
    """
    name = rule.doubt if doubt else rule.id
    contents = {
        "__doc__": rule.title,
        "__module__": "cicdgen.rules",
        "id": name,
        "shortdesc": f"Not decided: {rule.title}" if doubt else rule.title,
        "description": rule.why,
        "source_url": rule.page,
        "tags": ["cicdgen", *(f"failure-{number}" for number in rule.failures)],
    }
    return type(name, (Ours,), contents)
