"""Who acts with which role, and what grants without a policy: neither is passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.diff.actors import DOUBTFUL, HARMLESS, MEMBER, swapped

from cicdgen.diff import Danger, Width, compare

if TYPE_CHECKING:
    from tests.diff.bodies import Body

SWAPPED = list(swapped())


@pytest.mark.parametrize(
    "before, after",
    [(before, after) for _, before, after in SWAPPED],
    ids=[what for what, _, _ in SWAPPED],
)
def test_another_role_means_other_permissions(before: Body, after: Body) -> None:
    """By whatever name the property goes, and through the profile of an instance."""
    wider = {each.subject: each.width for each in compare(before, after).verdicts}
    tighter = {each.subject: each.width for each in compare(after, before).verdicts}

    assert {"Actor": Width.BROADER} == wider
    assert {"Actor": Width.NARROWER} == tighter


def test_another_group_means_other_permissions() -> None:
    """Whoever is in it has what it has."""
    before, after = MEMBER
    (verdict,) = compare(before, after).verdicts

    assert ("Actor", Width.BROADER) == (verdict.subject, verdict.width)
    assert verdict.witness is not None
    assert [Width.NARROWER] == [each.width for each in compare(after, before).verdicts]


@pytest.mark.parametrize("case", DOUBTFUL)
def test_what_is_not_judged_is_unknown(case: str) -> None:
    """Never the same: it needs an approval."""
    found = compare(*DOUBTFUL[case])

    assert {"Actor": Width.UNKNOWN} == {each.subject: each.width for each in found.verdicts}
    assert (Danger.BROADEN_PERMISSION, "Actor") in found.dangers


@pytest.mark.parametrize("case", HARMLESS)
def test_what_looks_like_it_is_no_verdict(case: str) -> None:
    """A doubt about everything would be none about anything."""
    found = compare(*HARMLESS[case])

    assert (1, ()) == (len(found.resources), found.verdicts)


@pytest.mark.parametrize(
    "kind", ["AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource", "Custom::Thing"]
)
def test_what_may_hold_anything_is_not_deleted_in_passing(kind: str) -> None:
    """A nested stack, and what somebody's function makes: as in a change set, so in a diff."""
    before = {"Resources": {"Thing": {"Type": kind, "Properties": {"A": "b"}}, "Other": _OTHER}}
    found = compare(before, {"Resources": {"Other": _OTHER}})

    assert ((Danger.DELETE_STATEFUL, "Thing"),) == found.dangers


_OTHER = {"Type": "AWS::SNS::Topic", "Properties": {}}
