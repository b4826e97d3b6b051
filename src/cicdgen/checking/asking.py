"""What `check` is asked, and the answer: linted, compared with another commit, waivers heeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.checking import subjects
from cicdgen.checking.cache import Cache
from cicdgen.checking.running import check
from cicdgen.checking.subjects import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cicdgen.config.load import File
    from cicdgen.config.schema import Waiver
    from cicdgen.findings import Finding


def of_envs(file: File, env: str | None) -> Asked:
    """One environment of a config, or each.

    Raises:
        ConfigError: an environment cannot be rendered.
    """
    return Asked(subjects=subjects.envs(file, env), file=file, env=env, is_whole=env is None)


def of_files(paths: Sequence[Path], regions: tuple[str, ...], file: File | None) -> Asked:
    """Template files; the waivers are those of a config that is named."""
    return Asked(subjects=subjects.files(paths, regions), file=file)


def answer(asked: Asked, *, since: str | None, uses_cache: bool, jobs: int | None) -> list[Finding]:
    """The findings, in the order of the templates, and those on waivers after them.

    Args:
        asked: what is to be checked.
        since: a commit: what is found there too is left out.
        uses_cache: whether answers of earlier runs count.
        jobs: processes.

    Raises:
        ConfigError: a waiver is not as it must be.
        UsageError: the region or the commit is not known.
    """
    cache = Cache.of_user() if uses_cache else None
    # Before anything is linted: what is wrong with a waiver or a commit is told at once.
    waivers = _waivers(asked)
    before: list[Finding] = []
    if since is not None:
        from cicdgen.checking import history  # noqa: PLC0415 - it runs git

        with history.subjects_at(since, asked) as old:
            before = check(old, cache=cache, jobs=jobs)
    findings = check(asked.subjects, cache=cache, jobs=jobs)
    if since is not None:
        findings = history.new(findings, before)
    if not waivers or asked.file is None:
        return findings
    from cicdgen.checking import waiving  # noqa: PLC0415 - most configs waive nothing

    kept, stale = waiving.waive(findings, waivers)
    return kept + waiving.findings(asked.file.path, stale, is_whole=asked.is_whole and not since)


def _waivers(asked: Asked) -> Sequence[Waiver]:
    if asked.file is None:
        return ()
    from cicdgen.config import load  # noqa: PLC0415 - files need none

    return load.waivers(asked.file)
