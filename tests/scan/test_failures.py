"""What docs/failures.toml says of the scanners is what they find."""

from __future__ import annotations

import tomllib

import pytest
from docs.scanned import FILE, measure
from tests.scan.test_checkov import CHECKOV

FAILURES = tomllib.loads(FILE.read_text(encoding="utf-8"))["failure"]

pytestmark = pytest.mark.skipif(
    not CHECKOV.exists(), reason="`make scan` installs checkov in an environment of its own"
)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: str(failure["number"]))
def test_the_table_is_what_was_measured(failure: dict[str, object]) -> None:
    """`python -m docs.scanned` writes it anew."""
    number = failure["number"]
    assert isinstance(number, int)

    assert {key: failure[key] for key in ("cfn_lint", "checkov")} == measure(number)
