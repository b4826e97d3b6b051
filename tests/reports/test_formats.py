"""Each format is what its reader takes, whatever the findings hold."""

from __future__ import annotations

import json
import re
from dataclasses import FrozenInstanceError, replace
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.reports.findings import ERROR, HOSTILE, INFO, WARNING

from cicdgen import __version__
from cicdgen.findings import Finding, Level
from cicdgen.reports import FORMATS, report

ALL = [ERROR, WARNING, INFO, HOSTILE]
FILES = ["prod.json", "dev.json", "clean.json", HOSTILE.file]
ANY = st.lists(
    st.builds(
        Finding,
        file=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        line=st.integers(1),
        column=st.integers(1),
        rule=st.from_regex(r"[EWI][0-9]{4}\Z"),
        level=st.sampled_from(Level),
        message=st.text(),
        title=st.text(),
        path=st.lists(st.text() | st.integers(0)).map(tuple),
        docs=st.text(),
    ),
    max_size=5,
)


def _names(findings: list[Finding]) -> list[str]:
    return sorted({finding.file for finding in findings})


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_its_module(form: str) -> None:
    """A format is a file of its name, with one function."""
    assert import_module(f"cicdgen.reports.{form}").report([], []) == report(form, [], [])


@pytest.mark.parametrize("form", FORMATS)
@given(findings=ANY)
def test_any_findings_can_be_told(form: str, findings: list[Finding]) -> None:
    """No text, path or level breaks a format; what is printed ends its last line."""
    text = report(form, findings, _names(findings))

    assert not text or text.endswith("\n")


@given(findings=ANY)
def test_the_order_is_kept(findings: list[Finding]) -> None:
    """Findings are told in the order in which they are given."""
    rules = [finding.rule for finding in findings]
    sarif = json.loads(report("sarif", findings, []))["runs"][0]["results"]
    plain = json.loads(report("json", findings, []))["findings"]

    assert rules == [result["ruleId"] for result in sarif]
    assert rules == [finding["rule"] for finding in plain]


def test_text() -> None:
    """Editors jump to the line; a person reads the resource, the page and the count."""
    text = report("text", [ERROR, WARNING, INFO], FILES)

    assert [
        f"prod.json:5:7: error E3002: {ERROR.message} (Topic)",
        "    https://example.com/E3002",
        "prod.json:9:1: warning W2001: Parameter Spare not used.",
        "    https://example.com/W2001",
        "dev.json:1:1: info I3011: stateful resource",
        "4 templates checked: 1 error, 1 warning, 1 info",
    ] == text.splitlines()


@pytest.mark.parametrize(
    "findings, files, summary",
    [
        pytest.param([], ["a"], "1 template checked: no findings", id="one clean"),
        pytest.param([], ["a", "b"], "2 templates checked: no findings", id="two clean"),
        pytest.param([], [], "0 templates checked: no findings", id="nothing to check"),
        pytest.param([ERROR] * 2, ["a"], "1 template checked: 2 errors", id="plural"),
        pytest.param([INFO] * 2, ["a"], "1 template checked: 2 info", id="info has no plural"),
        pytest.param([INFO, ERROR], ["a"], "1 template checked: 1 error, 1 info", id="worst first"),
    ],
)
def test_text_sums_up(findings: list[Finding], files: list[str], summary: str) -> None:
    """The last line says how many templates were checked, clean or not."""
    assert summary == report("text", findings, files).splitlines()[-1]


@given(findings=ANY)
def test_text_obeys_no_template(findings: list[Finding]) -> None:
    """A template from anywhere cannot move the cursor, clear the screen or ring the bell."""
    text = report("text", findings, _names(findings))

    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text) == []


def test_json_is_versioned() -> None:
    """One document with sorted keys, for programs."""
    document = json.loads(report("json", [ERROR], FILES))

    assert {"format", "files", "findings"} == document.keys()
    assert "cicdgen.check/1" == document["format"]
    assert FILES == document["files"]
    assert [
        {
            "file": "prod.json",
            "line": 5,
            "column": 7,
            "rule": "E3002",
            "level": "error",
            "message": "Additional properties are not allowed ('Nmae' was unexpected)",
            "title": "Resource properties are invalid",
            "path": ["Resources", "Topic", "Properties", "Tags", 0, "Nmae"],
            "resource": "Topic",
            "docs": "https://example.com/E3002",
            "statement": "",
        }
    ] == document["findings"]


@given(findings=ANY)
def test_json_loses_nothing(findings: list[Finding]) -> None:
    """What was found can be read back."""
    told = json.loads(report("json", findings, _names(findings)))["findings"]

    assert [
        (f.file, f.line, f.column, f.rule, f.level.word, f.message, list(f.path)) for f in findings
    ] == [
        (f["file"], f["line"], f["column"], f["rule"], f["level"], f["message"], f["path"])
        for f in told
    ]


def _sarif(findings: list[Finding]) -> dict[str, Any]:
    log = json.loads(report("sarif", findings, FILES))
    assert "2.1.0" == log["version"]
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_names_the_tool_and_its_rules() -> None:
    """GitHub asks for a name, and for an id, two descriptions and a help text of each rule."""
    driver = _sarif([WARNING, ERROR, ERROR])["tool"]["driver"]

    assert ("cicdgen", __version__) == (driver["name"], driver["version"])
    assert ["E3002", "W2001"] == [rule["id"] for rule in driver["rules"]]
    assert {
        "id": "E3002",
        "shortDescription": {"text": "Resource properties are invalid"},
        "fullDescription": {"text": "Resource properties are invalid"},
        "help": {"text": "https://example.com/E3002"},
        "helpUri": "https://example.com/E3002",
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security"], "security-severity": "7.5"},
    } == driver["rules"][0]


@pytest.mark.parametrize(
    "finding, level",
    [(ERROR, "error"), (WARNING, "warning"), (INFO, "note")],
    ids=["error", "warning", "info"],
)
def test_sarif_results_have_a_place(finding: Finding, level: str) -> None:
    """A level of SARIF's own, a message, one location, and the place in the template."""
    (result,) = _sarif([finding])["results"]

    assert (finding.rule, level) == (result["ruleId"], result["level"])
    assert {"text": finding.message} == result["message"]
    (location,) = result["locations"]
    assert {
        "artifactLocation": {"uri": finding.file},
        "region": {"startLine": finding.line, "startColumn": finding.column},
    } == location["physicalLocation"]
    logical = [place["fullyQualifiedName"] for place in location.get("logicalLocations", [])]
    assert (["/".join(map(str, finding.path))] if finding.path else []) == logical


@given(findings=ANY)
def test_sarif_is_structurally_what_github_reads(findings: list[Finding]) -> None:
    """Every text is there and not empty, every line is from 1, every rule is described."""
    run = _sarif(findings)
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}

    for rule in run["tool"]["driver"]["rules"]:
        for key in ("shortDescription", "fullDescription", "help"):
            assert rule[key]["text"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert result["ruleId"] in rules
        assert result["level"] in ("error", "warning", "note")
        assert place["region"]["startLine"] >= 1
        assert place["region"]["startColumn"] >= 1
        assert re.fullmatch(r"[0-9a-f]{32}", result["partialFingerprints"][GITHUBS])


GITHUBS = "primaryLocationLineHash"


def _fingerprint(finding: Finding) -> str:
    (result,) = _sarif([finding])["results"]
    return str(result["partialFingerprints"][GITHUBS])


def test_a_fingerprint_survives_lines_that_move() -> None:
    """The same finding further down is the same alert."""
    moved = replace(ERROR, line=500, column=1, title="reworded")

    assert _fingerprint(ERROR) == _fingerprint(moved)


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "E3003"},
        {"file": "dev.json"},
        {"message": "Another"},
        {"path": ("Resources", "Other")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_fingerprint_tells_findings_apart(change: dict[str, Any]) -> None:
    """Another rule, file, place or message is another alert."""
    assert _fingerprint(ERROR) != _fingerprint(replace(ERROR, **change))


@given(file=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_sarif_places_are_uris(file: str) -> None:
    """Blanks, percent signs and other alphabets are encoded, and lead back to the file."""
    (result,) = _sarif([replace(ERROR, file=file)])["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]

    assert file == unquote(urlsplit(uri).path)
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)


def _junit(findings: list[Finding], files: list[str]) -> ET.Element:
    # As a reader would: from bytes, by the encoding that is declared.
    return ET.fromstring(report("junit", findings, files).encode())  # noqa: S314 - made by us


def test_junit_has_a_suite_for_each_template() -> None:
    """A finding is a failed case; a clean template has a case that passes."""
    root = _junit([ERROR, WARNING, INFO], FILES)

    assert "testsuites" == root.tag
    assert [
        ("prod.json", "2", "2"),
        ("dev.json", "1", "1"),
        ("clean.json", "1", "0"),
        (HOSTILE.file, "1", "0"),
    ] == [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root]
    assert ["E3002 Topic", "W2001 line 9"] == [case.get("name") for case in root[0]]
    assert "no findings" == root[2][0].get("name")
    (failure,) = root[0][0]
    assert ("failure", "error", ERROR.message) == (
        failure.tag,
        failure.get("type"),
        failure.get("message"),
    )
    assert "prod.json:5:7 https://example.com/E3002" == failure.text


@given(findings=ANY)
def test_junit_counts_what_it_holds(findings: list[Finding]) -> None:
    """It parses whatever the text, and its numbers are those of its cases."""
    root = _junit(findings, _names(findings))

    assert len(findings) == len(root.findall(".//failure"))
    for suite in root:
        assert str(len(suite.findall("testcase"))) == suite.get("tests")
        assert str(len(suite.findall(".//failure"))) == suite.get("failures")


def test_junit_keeps_what_xml_can_hold() -> None:
    """What XML cannot hold is replaced; all else is escaped and comes back."""
    message = str(_junit([HOSTILE], [HOSTILE.file])[0][0][0].get("message"))

    assert "::error::100%,\ufffd[31m\ufffd<b>&\"' ]]> \ufffd\ufffd é😀" == message


def test_github_annotates() -> None:
    """A workflow command a finding; nothing for a clean run."""
    assert "" == report("github", [], FILES)
    assert [
        f"::error file=prod.json,line=5,col=7,title=E3002::{ERROR.message}",
        "::warning file=prod.json,line=9,col=1,title=W2001::Parameter Spare not used.",
        "::notice file=dev.json,line=1,col=1,title=I3011::stateful resource",
    ] == report("github", [ERROR, WARNING, INFO], FILES).splitlines()


COMMAND = re.compile(r"::(?P<name>\w+) (?P<properties>[^:]*)::(?P<data>.*)", re.DOTALL)


def _unescaped(text: str, *, of_property: bool) -> str:
    """As the runner reads it: actions/runner, ActionCommand.cs."""
    for mark, character in (("%0D", "\r"), ("%0A", "\n")):
        text = text.replace(mark, character)
    if of_property:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%25", "%")


@given(finding=ANY.filter(len).map(lambda findings: findings[0]))
@example(finding=HOSTILE)
@example(finding=replace(ERROR, message="100%0Aof", file="a%2Cb:c,d%.json"))
@example(finding=replace(ERROR, message="a\rb\nc", file="a\rb\nc"))
def test_github_commands_cannot_be_forged(finding: Finding) -> None:
    """The runner reads one command a finding, and gets back the very file and message."""
    text = report("github", [finding], [finding.file])
    lines = re.split(r"[\r\n]", text.removesuffix("\n"))

    assert 1 == len(lines)
    command = COMMAND.fullmatch(lines[0])
    assert command is not None
    properties = dict(pair.split("=", 1) for pair in command["properties"].split(","))
    assert ["file", "line", "col", "title"] == list(properties)
    assert finding.file == _unescaped(properties["file"], of_property=True)
    assert finding.message == _unescaped(command["data"], of_property=False)


def test_findings_cannot_be_changed() -> None:
    """They are values."""
    with pytest.raises(FrozenInstanceError):
        ERROR.line = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "path, resource",
    [
        (("Resources", "Topic"), "Topic"),
        (("Resources", "Topic", "Properties"), "Topic"),
        (("Resources",), None),
        (("Outputs", "Topic"), None),
        ((), None),
        (("Resources", 0), None),
    ],
    ids=str,
)
def test_a_finding_knows_its_resource(path: tuple[str | int, ...], resource: str | None) -> None:
    """Where it is inside of one."""
    assert resource == replace(ERROR, path=path).resource


def test_levels_are_in_order() -> None:
    """So that `--fail-on` can compare them."""
    assert [Level.INFO, Level.WARNING, Level.ERROR] == sorted(Level)
    assert ["info", "warning", "error"] == [level.word for level in sorted(Level)]
