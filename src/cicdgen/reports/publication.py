"""What is published, and how its run goes: lines for a person, JSON for a machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicdgen.aws.pipelines import ActionStatus, RunStatus
from cicdgen.publishing.following import Began, Ended, Moved
from cicdgen.publishing.uploading import Unchanged

if TYPE_CHECKING:
    from cicdgen.publishing.archive import Archive
    from cicdgen.publishing.files import Chosen
    from cicdgen.publishing.following import Step
    from cicdgen.publishing.uploading import Uploaded

FORMAT = "cicdgen.publication/1"

_WORDS = {
    ActionStatus.IN_PROGRESS: "runs",
    ActionStatus.ABANDONED: "was left",
    ActionStatus.SUCCEEDED: "done",
    ActionStatus.FAILED: "FAILED",
}
_ENDS = {
    RunStatus.SUCCEEDED: "released",
    RunStatus.SUPERSEDED: "superseded by a newer run: this source is not released",
    RunStatus.STOPPED: "stopped by somebody: this source is not released",
    RunStatus.CANCELLED: "cancelled: this source is not released",
}


def plan(chosen: Chosen, archive: Archive) -> str:
    """What would be published: each file with its size, and the archive's digest."""
    width = max(len(f"{file.size:,}") for file in chosen.files)
    lines = [
        f"{file.size:>{width},}  {file.name}{'*' if file.is_executable else ''}\n"
        for file in chosen.files
    ]
    return "".join(lines) + f"\n{summary(chosen, archive)}\nsha256 {archive.sha256.hex()}\n"


def summary(chosen: Chosen, archive: Archive) -> str:
    """One line: how much, and what was left out."""
    count = len(chosen.files)
    files = f"{count:,} file{'' if count == 1 else 's'}"
    return f"{files}, {archive.size:,} bytes; left out: {chosen.ignored:,}"


def document(
    chosen: Chosen, archive: Archive, outcome: Uploaded | Unchanged | None, end: Ended | None
) -> str:
    """The same for a machine.

    Args:
        chosen: the files.
        archive: what was written.
        outcome: what came of it; None if nothing was asked of AWS.
        end: how the run ended, if it was followed.
    """
    body: dict[str, Any] = {
        "format": FORMAT,
        "sha256": archive.sha256.hex(),
        "size": archive.size,
        "files": [
            {"name": file.name, "size": file.size, "executable": file.is_executable}
            for file in chosen.files
        ],
        "ignored": chosen.ignored,
        "outcome": "dry-run",
    }
    if outcome is not None:
        where = outcome.place
        body |= {
            "outcome": "unchanged" if isinstance(outcome, Unchanged) else "uploaded",
            "bucket": where.bucket,
            "key": where.key,
            "pipeline": where.pipeline,
            "version": outcome.version,
        }
    if end is not None:
        body["run"] = {
            "id": end.run.id,
            "status": end.run.status,
            "failed": [
                {"stage": each.stage, "action": each.name, "message": each.message}
                for each in end.failed
            ],
        }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def step(one: Step) -> str:
    """A step of a run, as lines. A failed run begins with what failed first, and why."""
    match one:
        case Began(run=run):
            return f"run {run} has begun"
        case Moved(action=action):
            place = f"{action.stage} / {action.name}"
            if action.waits_for_person and action.status is ActionStatus.IN_PROGRESS:
                return f"{place}: waits for somebody to approve it"
            return f"{place}: {_WORDS[action.status]}"
        case Ended(run=run) if run.status in _ENDS:
            return f"run {run.id}: {_ENDS[run.status]}"
        case Ended(run=run):
            return "\n".join([*_failures(one), f"run {run.id}: {run.status}"])


def _failures(end: Ended) -> list[str]:
    if not end.failed:
        return [end.run.message] if end.run.message else []
    return [
        f"{each.stage} / {each.name}: {each.message or 'AWS gives no reason'}"
        + (f"\n  {each.link}" if each.link else "")
        for each in end.failed
    ]
