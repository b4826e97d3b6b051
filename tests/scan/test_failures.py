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


def test_the_table_is_what_was_measured() -> None:
    """`python -m docs.scanned` writes it anew."""
    listed = {
        each["number"]: {key: each[key] for key in ("cfn_lint", "checkov")} for each in FAILURES
    }

    assert listed == measure()
