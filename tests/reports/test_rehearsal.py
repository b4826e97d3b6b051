"""A rehearsal in words and for programs, and while it goes on."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console
from tests.page.sample import HOSTILE, bad_canary, good, matrix

from cicdgen.rehearsal import timeline as happened
from cicdgen.rehearsal.timeline import Logged, StageEnded
from cicdgen.reports import rehearsal_json, rehearsal_text
from cicdgen.reports.rehearsal_live import replay, watched
from cicdgen.reports.rehearsal_text import clock, told


def test_the_end_of_a_bad_canary_is_told() -> None:
    """How it ended, when the alarm fired, how many requests were hurt, and who was told."""
    text = rehearsal_text.text(matrix())

    assert "ended as it should: traffic is back on the old version" in text
    assert "the alarm fired at 0:10:00; 240 of 10800 requests were hurt" in text
    assert "told email ops@example.com" in text


def test_a_missing_grant_is_named() -> None:
    """What failed says who may not do what on what, and why, and what should have been."""
    text = rehearsal_text.text(matrix())

    assert "BuildRole may not kms:GenerateDataKey on ArtifactKey: no statement of" in text
    assert "ended NOT AS IT SHOULD: the pipeline failed in Build" in text
    assert "should: nothing is deployed twice" in text
    assert text.splitlines()[-1] == "3 scenarios: 2 as they should, 1 not (replay); 2.4 s"


def test_what_no_scenario_used_is_listed() -> None:
    """With what explains it."""
    text = rehearsal_text.text(matrix())

    assert "FunctionRole, FunctionPolicy.Traces: xray:PutTraceSegments: the function's own" in text


def test_what_repeats_is_one_line() -> None:
    """A deployer that is asked twenty times in a row is said once."""
    asked = tuple(
        happened.FunctionInvoked(at=400.0 + 30 * number, function="Deployer", by="CodePipeline")
        for number in range(20)
    )
    lines = rehearsal_text.timeline(replace(good(), events=asked))

    assert [each.text.strip() for each in lines] == [
        "Deployer invoked by CodePipeline, 20 times until 0:16:10"
    ]


def test_a_terminal_obeys_nothing() -> None:
    """Names from a template cannot move the cursor."""
    text = rehearsal_text.text(replace(matrix(), rehearsals=(replace(good(), ended="\x1b[2J"),)))

    assert "\x1b" not in text


@pytest.mark.parametrize(
    "moment,expected", [(0, "0:00:00"), (59.6, "0:01:00"), (981, "0:16:21"), (86400, "24:00:00")]
)
def test_the_clock(moment: float, expected: str) -> None:
    """Hours, minutes and seconds since the upload."""
    assert expected == clock(moment)


def test_every_kind_of_event_has_words_or_is_known_to_have_none() -> None:
    """A new kind of event cannot be left out of the timeline by accident."""
    kinds = {each for each in vars(happened).values() if hasattr(each, "kind")}
    shown = {type(event) for each in matrix().rehearsals for event in each.events if told(event)}

    assert kinds - shown == {StageEnded, Logged, happened.Approval}
    assert told(happened.Approval(at=0, stage="A", action="Go", approved=False)) == "  Go rejected"


def test_the_document_is_versioned_and_whole() -> None:
    """Every event of every scenario, with its kind and its moment."""
    found = json.loads(rehearsal_json.document(matrix()))
    several = matrix().rehearsals

    assert found["format"] == "cicdgen.rehearsal/1"
    assert found["passed"] is False
    assert [len(each.events) for each in several] == [len(s["events"]) for s in found["scenarios"]]
    assert all({"kind", "at"} <= event.keys() for s in found["scenarios"] for event in s["events"])
    assert found["scenarios"][1]["fired_at"] == 600
    assert len(found["assumptions"]) == 2


def test_lines_are_documents() -> None:
    """Each line is JSON; events name their scenario, and the last line is the verdict."""
    lines = [json.loads(each) for each in rehearsal_json.lines(matrix())]

    assert lines[-1] == {"kind": "ended", "name": "shop-prod.json", "passed": False}
    assert {each["scenario"] for each in lines[:-1]} == {"good", "bad-canary", "replay"}
    assert [each["passed"] for each in lines if each["kind"] == "scenario ended"] == [
        True,
        True,
        False,
    ]


def seen(*, is_terminal: bool) -> str:
    """What somebody sees of a replay."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=is_terminal, width=80)
    with watched(console, ["good", "bad-canary"]) as audience:
        replay([good(), bad_canary()], audience)
    return stream.getvalue()


def test_without_a_terminal_there_are_plain_lines() -> None:
    """No control sequences, no width: one line an event, as soon as it is known."""
    lines = seen(is_terminal=False).splitlines()

    assert lines[0] == "good:"
    assert "  0:06:12    Alias: 90% on version 3, 10% on version 4" in lines
    assert lines[-1].startswith("ok bad-canary: traffic is back on the old version, and somebody")
    assert "\x1b" not in "".join(lines)


def test_on_a_terminal_there_is_progress() -> None:
    """A bar over the scenarios, and a line that stays for each that ended."""
    text = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", seen(is_terminal=True))

    assert "2/2" in text
    assert "\N{CHECK MARK} good all traffic is on the new version" in text
    assert "\N{CHECK MARK} bad-canary traffic is back on the old version" in text


def test_markup_in_a_log_stays_text() -> None:
    """Brackets mean nothing here."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=False, width=80)
    with watched(console, ["good"]) as audience:
        audience.ended(replace(good(), ended=f"[red]{HOSTILE}[/]"))

    assert f"[red]{HOSTILE}[/]" in stream.getvalue()
