"""An independent scanner agrees: each finding that remains is listed with its reason."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
PAGE = ROOT / "docs" / "scanners.md"

pytestmark = pytest.mark.skipif(
    not CHECKOV.exists(), reason="`make scan` installs checkov in an environment of its own"
)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """What checkov says of the committed templates, without calling home."""
    templates = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").glob("*.json"))
    run = subprocess.run(
        [CHECKOV, "--framework", "cloudformation", "--skip-download", "--quiet", "--compact",
         "--output", "json", "--file", *templates],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def test_it_read_everything(report: dict[str, Any]) -> None:
    """Every resource of both templates was looked at: a scanner that skips finds nothing."""
    expected = sum(
        len(json.loads(path.read_text(encoding="utf-8"))["Resources"])
        for path in (ROOT / "templates").glob("*.json")
    )

    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["resource_count"] == expected


def test_every_finding_has_its_reason(report: dict[str, Any]) -> None:
    """What checkov finds is what docs/scanners.md lists, no more and no less."""
    found = {
        (finding["check_id"], finding["resource"].rpartition(".")[2])
        for finding in report["results"]["failed_checks"]
    }
    rows = re.findall(r"^\| (CKV\w+) \| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert found == set(rows)
