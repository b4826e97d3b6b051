"""A rehearsal as one HTML page, which needs nothing but itself.

The page, its style and its script are files of their own languages under `page/`, without
placeholders. This puts style and script where the page refers to them, and the rehearsal before the
script, as one element of JSON (the document of `rehearsal_json`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from cicdgen.rehearsal import timeline as happened
from cicdgen.rehearsal.timeline import AlarmState, Status, Verdict
from cicdgen.reports.rehearsal_json import content
from cicdgen.reports.rehearsal_text import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.rehearsal.record import Matrix, Rehearsal
    from cicdgen.rehearsal.timeline import Event

_FOLDER = Path(__file__).with_name("page")
_STYLE = '<link rel="stylesheet" href="rehearsal.css">'
_SCRIPT = '<script src="rehearsal.js"></script>'


def page(matrix: Matrix) -> str:
    """The page, with everything in it."""
    html, css, js = (
        (_FOLDER / f"rehearsal.{kind}").read_text(encoding="utf-8")
        for kind in ("html", "css", "js")
    )
    # In JSON a less-than sign may be written so, and then no text can end the element.
    found = content(matrix)
    for shown, rehearsal in zip(found["scenarios"], matrix.rehearsals, strict=True):
        shown["timeline"] = list(_timeline(rehearsal))
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")
    before, _, rest = html.partition(_STYLE)
    middle, _, after = rest.partition(_SCRIPT)
    return "".join(
        (
            before,
            f"<style>\n{css}</style>",
            middle,
            f'<script type="application/json" id="rehearsal">{data}</script>\n',
            f"<script>\n{js}</script>",
            after,
        )
    )


def _timeline(rehearsal: Rehearsal) -> Iterator[dict[str, object]]:
    """The events that a person wants to see, in the words of the terminal."""
    for line in timeline(rehearsal):
        yield {
            "at": line.event.at,
            "kind": line.event.kind,
            "level": (len(line.said) - len(line.said.lstrip())) // 2,
            "tone": _tone(line.event),
            "said": line.text.strip(),
        }


def _tone(event: Event) -> str:
    """`bad` for what went wrong, `doubt` for what nobody knows, or nothing."""
    match event:
        case happened.CallMade():
            return "bad" if event.call.verdict is Verdict.DENIED else "doubt"
        case happened.AlarmChanged():
            wrong = event.after is AlarmState.ALARM
        case happened.Notice():
            wrong = not event.arrived
        case happened.FunctionInvoked():
            wrong = bool(event.error)
        case (
            happened.ActionEnded()
            | happened.PipelineEnded()
            | happened.PhaseEnded()
            | happened.DeploymentEnded()
            | happened.LifecycleEnded()
        ):
            wrong = event.status is not Status.SUCCEEDED
        case _:
            wrong = False
    return "bad" if wrong else ""
