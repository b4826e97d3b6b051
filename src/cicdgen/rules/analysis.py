"""Everything that our checks say of a template, gathered once and sorted by rule."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.cloudformation import Template, stacks
from cicdgen.proof.flaw import Doubt, Flaw
from cicdgen.proof.proof import account_in
from cicdgen.rules import proved
from cicdgen.rules.catalogue import BY_CHECK, UNREADABLE
from cicdgen.rules.checks import CHECKS
from cicdgen.rules.reading import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cicdgen.cloudformation import Account, Path, Stack
    from cicdgen.proof.check import Check
    from cicdgen.proof.flaw import Remark

_REGION = re.compile(r"(?<![a-z0-9-])[a-z]{2}(?:-gov|-isob?)?-[a-z]{4,9}-\d(?![a-z0-9-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that is said of a template.

    Attributes:
        rule: the id under which it is told: the rule's own, or that of its doubts.
        check: the check that found it.
        path: the place, as keys from the template's root.
        message: one line.
    """

    rule: str
    check: str
    path: Path
    message: str


def analyse(
    body: Mapping[str, Any], region: str, checks: Sequence[Check] = CHECKS
) -> tuple[Report, ...]:
    """What the checks and the proof say of a template, each thing once, in whichever case it holds.

    What our reader or a check cannot get through is reported too: it was not proved.

    Args:
        body: the template as `json.load` or cfn-lint's loader returns it.
        region: where it is deployed, unless it names one region itself.
        checks: the checks to run.
    """
    try:
        document = plain(body)
        template = Template.read(document)
        account = account_in(_region_of(document) or region)
        found = _found(template, account)
    except Exception as error:  # noqa: BLE001 - a template may be anybody's
        return (_unread("the template", error),)
    remarks: dict[Remark | Report, None] = {}
    for check in checks:
        for stack in found:
            remarks.update(dict.fromkeys(_run(check.name, lambda: check.run(stack))))  # noqa: B023
    remarks.update(dict.fromkeys(_run("the permissions", lambda: proved.remarks(found, account))))
    flawed = {(each.check, each.path) for each in remarks if isinstance(each, Flaw)}
    return tuple(
        _report(each)
        for each in remarks
        # Wrong in one case is wrong, whatever is open in another.
        if not (isinstance(each, Doubt) and (each.check, each.path) in flawed)
    )


def _found(template: Template, account: Account) -> tuple[Stack, ...]:
    """The stacks that a template can become, and those that it becomes where nobody says anything.

    Whatever parameters may be given, their defaults are what most stacks have: what is wrong with
    them is wrong with the template.
    """
    found = stacks(template, account)
    if not template.defaults:
        return found
    return (*found, *stacks(template, account, template.defaults))


def _region_of(document: object) -> str | None:
    """The region that the template names, if it names one: it is for that."""
    regions = set(_REGION.findall(json.dumps(document)))
    return regions.pop() if len(regions) == 1 else None


def _run(what: str, run: Callable[[], Iterable[Remark]]) -> Iterator[Remark | Report]:
    try:
        yield from run()
    except Exception as error:  # noqa: BLE001 - as above; the other checks go on
        yield _unread(what, error)


def _unread(what: str, error: Exception) -> Report:
    message = (
        f"cicdgen could not get through {what}, so nothing is proved there: "
        f"{type(error).__name__}: {error}"
    )
    return Report(rule=UNREADABLE.id, check=UNREADABLE.checks[0], path=(), message=message)


def _report(remark: Remark | Report) -> Report:
    match remark:
        case Flaw(check=check, path=path, message=message, fix=fix):
            rule = BY_CHECK.get(check, UNREADABLE)
            return Report(rule=rule.id, check=check, path=path, message=f"{message} (fix: {fix})")
        case Doubt(check=check, path=path, because=because):
            rule = BY_CHECK.get(check, UNREADABLE)
            return Report(
                rule=rule.doubt, check=check, path=path, message=f"not decided: {because}"
            )
        case Report():
            return remark
