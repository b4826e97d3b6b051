"""A word allows what it names, and nothing else."""

from __future__ import annotations

import pytest

from cicdgen.deploying.gates import allowance, refuse, unmet
from cicdgen.diff.change import Danger
from cicdgen.errors import UsageError

NEEDS = (
    (Danger.REPLACE_STATEFUL, "Bucket"),
    (Danger.REPLACE_STATEFUL, "Queue"),
    (Danger.BROADEN_PERMISSION, "Bucket"),
)


@pytest.mark.parametrize(
    "allowed, left",
    [
        pytest.param([], NEEDS, id="nothing"),
        pytest.param(["replace"], NEEDS[2:], id="a class"),
        pytest.param(["replace:Bucket"], NEEDS[1:], id="a class of one resource"),
        pytest.param(["replace:Other"], NEEDS, id="of another resource"),
        pytest.param(["delete", "unprotect"], NEEDS, id="other classes"),
        pytest.param(["replace", "broaden:Bucket"], (), id="all of it"),
    ],
)
def test_what_is_not_allowed_is_left(
    allowed: list[str], left: tuple[tuple[Danger, str], ...]
) -> None:
    """By class, and by class and resource."""
    assert left == unmet(NEEDS, [allowance(text) for text in allowed])


def test_a_refusal_names_every_flag() -> None:
    """As narrow as it can be: a class of one resource each."""
    flags = "--allow replace:Bucket --allow replace:Queue --allow broaden:Bucket"

    assert f"if that is meant: {flags}" == refuse(NEEDS).hint


def test_a_class_that_is_none_is_told() -> None:
    """With those that there are."""
    with pytest.raises(UsageError, match="no class `all`"):
        allowance("all")
