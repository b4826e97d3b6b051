"""templates/ is what the sample renders: a pull request shows what changes in the account."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicdgen.template import INLINE_LIMIT
from cicdgen.writer import write

if TYPE_CHECKING:
    from tests.reading import Template

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_committed_templates_are_current(env: str, request: pytest.FixtureRequest) -> None:
    """The committed template is byte for byte what `cicdgen render` prints."""
    rendered: Template = request.getfixturevalue(env)
    committed = (ROOT / "templates" / f"{env}.json").read_text(encoding="utf-8")
    difference = "".join(
        unified_diff(
            committed.splitlines(keepends=True),
            f"{rendered.text}\n".splitlines(keepends=True),
            f"templates/{env}.json",
            "rendered",
        )
    )

    assert not difference, f"run `make templates` and read the diff:\n{difference}"


def test_the_default_template_needs_no_bucket_to_be_deployed(default: Template) -> None:
    """Compact, it stays within what CloudFormation takes inline."""
    compact = write(default.document)

    assert len(compact.encode()) <= INLINE_LIMIT
