"""`cicdgen explain E9512`: what a rule is about, without a config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.rules.catalogue import BY_ID

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen


def test_a_rule_is_explained(cicdgen: Cicdgen) -> None:
    """Why, how to fix it, before, after, and where to read on."""
    ran = cicdgen("explain", "E9512")

    assert (0, "") == (ran.code, ran.err)
    assert ran.out.startswith(f"E9512: {BY_ID['E9512'].title}\n")
    for part in ("To fix it:", "Before:", "SSEAlgorithm: AES256", "After:", "UsingKMSEncryption"):
        assert part in ran.out


def test_a_doubt_is_explained_by_its_rule(cicdgen: Cicdgen) -> None:
    """It has the number."""
    assert cicdgen("explain", "E9505").out == cicdgen("explain", "I9505").out


def test_a_rule_that_is_not_there_is_told(cicdgen: Cicdgen) -> None:
    """With those that are."""
    ran = cicdgen("explain", "E9599")

    assert (2, "") == (ran.code, ran.out)
    assert "no rule `E9599`" in ran.err
    assert "W9599" in ran.err
