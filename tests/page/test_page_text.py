"""The rehearsal's page as text: whole, alone, and without a way out."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.page.sample import HOSTILE, matrix

from cicdgen.reports import rehearsal_page
from cicdgen.reports.rehearsal_json import content
from cicdgen.reports.rehearsal_page import page

FOLDER = Path(rehearsal_page.__file__).with_name("page")
SOURCES = sorted(FOLDER.iterdir())


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it
        """Leave."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Note the text of scripts."""
        if self._inside == "script":
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def elements() -> Elements:
    """The page of a matrix with a hostile name, read."""
    found = Elements()
    found.feed(page(matrix(name=HOSTILE)))
    return found


def test_the_page_refers_to_nothing(elements: Elements) -> None:
    """No address but anchors of its own."""
    outside = [
        each
        for each in elements.attributes
        if each[1] in {"src", "href", "srcset", "action", "data"} and not each[2].startswith("#")
    ]

    assert outside == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_sources_name_no_address(path: Path) -> None:
    """Nothing is fetched, imported or filled in; the namespace of SVG is only a name."""
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    said = r"https?:|@import|url\(|fetch\(|XMLHttpRequest|innerHTML|eval\(|\{\{"

    assert re.findall(said, text) == []


def test_style_and_script_are_put_where_the_page_refers_to_them() -> None:
    """Each reference is there once, so that nothing is lost in silence."""
    html = (FOLDER / "rehearsal.html").read_text(encoding="utf-8")
    whole = page(matrix())

    assert html.count('<link rel="stylesheet" href="rehearsal.css">') == 1
    assert html.count('<script src="rehearsal.js"></script>') == 1
    assert (FOLDER / "rehearsal.css").read_text(encoding="utf-8") in whole
    assert (FOLDER / "rehearsal.js").read_text(encoding="utf-8") in whole


def test_the_data_are_the_document(elements: Elements) -> None:
    """One element of JSON: the document, and each scenario's timeline in words."""
    found = json.loads(elements.scripts[0])
    timelines = [each.pop("timeline") for each in found["scenarios"]]

    assert len(elements.scripts) == 2
    assert found == json.loads(json.dumps(content(matrix(name=HOSTILE))))
    assert timelines[1][-1]["said"] == "Pipeline Failed: the deployment was rolled back"
    assert timelines[1][-1]["tone"] == "bad"
