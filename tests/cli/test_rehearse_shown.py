"""`cicdgen rehearse`: what it shows, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.program import program

TEMPLATE = str(Path(__file__).parents[2] / "templates" / "dev.json")


def test_lines_are_documents(tmp_path: Path) -> None:
    """A line of JSON for each event on stdout, the verdict last, and no line without one."""
    ran = program("rehearse", TEMPLATE, "--format", "ndjson", cwd=tmp_path)
    lines = [json.loads(each) for each in ran.out.splitlines()]

    assert ran.code == 0, ran.err
    assert lines[-1]["passed"] is True
    assert {"uploaded", "call made", "traffic shifted"} <= {each["kind"] for each in lines}


def test_the_page_is_whole(tmp_path: Path) -> None:
    """It has the rehearsal in it, and stdout is the page alone."""
    ran = program("rehearse", TEMPLATE, "--format", "html", cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert ran.out.startswith("<!DOCTYPE html>")
    assert '"format":"cicdgen.rehearsal/1"' in ran.out
    assert ran.out.endswith("</html>\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_without_a_terminal_stderr_keeps_quiet(tmp_path: Path, form: str) -> None:
    """What is to be said is in the result."""
    ran = program("rehearse", TEMPLATE, "--format", form, cwd=tmp_path)

    assert ran.code == 0
    assert ran.err == ""


def test_text_is_a_timeline(tmp_path: Path) -> None:
    """By default the timeline and the summary are on stdout."""
    ran = program("rehearse", TEMPLATE, cwd=tmp_path)

    assert "  0:00:01  Pipeline started" in ran.out
    assert ran.out.splitlines()[-1].startswith("1 scenario: 1 as they should; ")
