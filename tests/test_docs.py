"""Docs that are made are current, and docs that are written name what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.generate import PAGES

ROOT = Path(__file__).parents[1]

WRITTEN = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.name not in PAGES
)


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    """What `make docs` would write is what stands there."""
    page = ROOT / "docs" / name

    assert PAGES[name]() == page.read_text(encoding="utf-8"), "run `make docs`"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    """A relative link or a path in a recipe names a file that exists."""
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    missing = [link for link in links if not (path.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_that_are_named_exist(path: Path) -> None:
    """A path in code quotes under a folder of ours is there."""
    text = path.read_text(encoding="utf-8")
    folders = "src|docs|tests|templates|lambda_code|benchmarks|requirements"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", text)
    missing = [name for name in named if not (ROOT / name).exists()]

    assert missing == []


def test_commands_of_the_readme_are_targets() -> None:
    """Every `make` command that the docs name is a target."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for path in WRITTEN
        for target in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))
    }

    assert named <= targets
