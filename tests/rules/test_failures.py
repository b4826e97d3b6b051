"""The twenty failures, written in several styles, and the fixes that were none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from cfnlint.decode import decode
from docs.generate import FAILURES, rules
from tests.rules.spellings import SPELLINGS, unknown

from cicdgen.lint import Linter
from cicdgen.rules.analysis import analyse
from cicdgen.rules.catalogue import BY_CHECK
from cicdgen.rules.checks import CHECKS
from cicdgen.rules.reading import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    Spelling = Callable[[Any], Any]

FILES = Path(__file__).parent / "failures"
REGION = "us-east-1"
STYLES = {"short", "sub", "long"}


class Row(NamedTuple):
    """A file, the rule that finds what is wrong in it, and the resource that it points to."""

    file: str
    rule: str
    resource: str

    def __str__(self) -> str:
        return f"{self.file} {self.rule}"


def _right(name: str) -> str:
    stem, _, form = name.rpartition(".")
    return f"{stem}-right.{form}"


ROWS = [Row(**row) for row in yaml.safe_load((FILES / "index.yaml").read_text(encoding="utf-8"))]
RIGHT = [row for row in ROWS if (FILES / _right(row.file)).exists()]


def _body(name: str) -> Any:  # noqa: ANN401 - a template
    body, problems = decode(str(FILES / name))
    assert not problems
    return body


def _plain(name: str) -> Any:  # noqa: ANN401 - a template
    return plain(_body(name))


@pytest.fixture(scope="module")
def linter() -> Linter:
    """The linter that `cicdgen check` uses: its rules are loaded once."""
    return Linter()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_failure_is_found_by_the_rule_that_is_meant_for_it(linter: Linter, row: Row) -> None:
    """In the file, on a line of the resource that is wrong."""
    resource = _body(row.file)["Resources"][row.resource]
    lines = range(resource.start_mark.line, resource.end_mark.line + 2)

    found = linter.lint_file(FILES / row.file, row.file, [REGION])

    places = [(each.line, each.column) for each in found if each.rule == row.rule]
    assert any(line in lines and column >= 1 for line, column in places)


@pytest.mark.parametrize("row", RIGHT, ids=str)
def test_the_same_put_right_is_not(row: Row) -> None:
    """In the same style, the rule is silent."""
    told = {report.rule for report in analyse(_body(_right(row.file)), REGION)}

    assert row.rule not in told


PLAIN = [row for row in ROWS if row.file[3:].startswith(("fix", "seed", "short"))]


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling.__name__)
def test_a_failure_is_found_however_the_template_is_written(spelling: Spelling) -> None:
    """As parameters with defaults, from mappings, under conditions, in one list or another."""
    missed = [
        str(row)
        for row in PLAIN
        if row.rule not in {each.rule for each in analyse(spelling(_plain(row.file)), REGION)}
    ]

    assert [] == missed


def test_what_is_given_at_deployment_is_never_silently_clean() -> None:
    """Where every string is a parameter without a default, something is told as not decided."""
    silent = [
        str(row)
        for row in PLAIN
        if not any(
            each.rule.startswith(("I", row.rule))
            for each in analyse(unknown(_plain(row.file)), REGION)
        )
    ]

    assert [] == silent


@pytest.mark.parametrize("number", range(1, 21))
def test_each_failure_is_written_in_several_styles(number: int) -> None:
    """At least three wrong, each with its right form; YAML and JSON."""
    of_number = [row for row in RIGHT if int(row.file[:2]) == number]
    styles = {row.file[3:].partition(".")[0] for row in of_number}

    assert styles >= STYLES
    assert {".yaml", ".json"} == {Path(row.file).suffix for row in of_number}
    assert any(row.rule[1:] == str(9500 + number) for row in of_number)


def test_the_styles_go_through_policies_and_conditions() -> None:
    """Not for one failure alone."""
    styles = Counter(row.file[3:].partition(".")[0] for row in RIGHT)

    assert min(styles[name] for name in ("condition", "join", "managed", "policy")) >= 3


def test_each_file_is_listed() -> None:
    """None lies there untested."""
    names = {row.file for row in ROWS} | {_right(row.file) for row in RIGHT} | {"index.yaml"}

    assert names == {path.name for path in FILES.iterdir()}


@pytest.mark.parametrize("number", range(1, 21))
def test_each_failure_has_a_check_and_a_row_of_the_table(number: int) -> None:
    """What sees it, the rule that says so, and what common scanners see of it."""
    (failure,) = (each for each in FAILURES if each["number"] == number)
    seeing = {BY_CHECK[check.name].id for check in CHECKS if number in check.failures}
    meant = {rule.id for rule in BY_CHECK.values() if number in rule.failures}
    (row,) = (line for line in rules().splitlines() if line.startswith(f"| {number} | "))

    assert seeing
    assert {"cfn_lint", "checkov", "title"} <= failure.keys()
    assert meant == {name for name in meant if f"[{name}]({name}.md)" in row}
    assert 5 == row.count(" | ") + 1
