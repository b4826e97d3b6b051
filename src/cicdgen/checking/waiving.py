"""Waivers: findings that somebody has decided to live with, until a day, and for a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cicdgen.findings import Finding, Level
from cicdgen.rules.catalogue import STALE_WAIVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from cicdgen.config.schema import Waiver


def waive(
    findings: Sequence[Finding], waivers: Iterable[Waiver], today: date | None = None
) -> tuple[list[Finding], list[tuple[Waiver, str]]]:
    """The findings that no waiver lets through, and the waivers that let nothing through.

    A waiver holds for a rule, a resource and the hash of what is there: when that changes, the
    finding is back. On the day on which it expires it still holds.

    Args:
        findings: all that was found.
        waivers: those of the config.
        today: the day; by default the current one, in UTC.

    Returns:
        The findings, and each stale waiver with what is wrong with it.
    """
    day = today or datetime.now(UTC).date()
    valid = {_key(each): each for each in waivers if each.expires >= day}
    kept, used = [], set()
    for finding in findings:
        key = (finding.rule, finding.subject, finding.statement)
        if key in valid:
            used.add(key)
        else:
            kept.append(finding)
    stale = []
    for each in waivers:
        if each.expires < day:
            stale.append((each, f"expired on {each.expires.isoformat()}"))
        elif _key(each) not in used:
            stale.append((each, "lets nothing through"))
    return kept, stale


def _key(waiver: Waiver) -> tuple[str, str, str]:
    return waiver.rule, waiver.resource, waiver.statement


def findings(config: Path, stale: Iterable[tuple[Waiver, str]], *, is_whole: bool) -> list[Finding]:
    """The findings on stale waivers, in the config.

    Args:
        config: the config file.
        stale: the waivers, each with what is wrong with it.
        is_whole: whether everything was checked; otherwise one that is unused may have its use.
    """
    return list(_findings(config, stale, is_whole=is_whole))


def _findings(
    config: Path, stale: Iterable[tuple[Waiver, str]], *, is_whole: bool
) -> Iterator[Finding]:
    lines = config.read_text(encoding="utf-8").splitlines()
    for waiver, why in stale:
        if not is_whole and not why.startswith("expired"):
            continue
        line = next((number for number, text in enumerate(lines, 1) if waiver.statement in text), 1)
        yield Finding(
            file=str(config),
            line=line,
            column=1,
            rule=STALE_WAIVER.id,
            level=Level.WARNING,
            message=f"the waiver of {waiver.rule} on {waiver.resource} by {waiver.owner} {why}",
            title=STALE_WAIVER.title,
            path=("waivers", waiver.rule, waiver.resource, waiver.statement),
        )
