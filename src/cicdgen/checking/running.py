"""Run the linter over templates: what is known comes from the cache, the rest from processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cicdgen.checking.cache import Cache
    from cicdgen.checking.subjects import Subject
    from cicdgen.findings import Finding
    from cicdgen.lint import Linter

_WORTH_A_PROCESS = 2
"""Templates below which another process costs more than it saves."""

# What a forked process finds in its memory: the rules are not to be loaded twice, nor sent.
_LOADED: list[Linter] = []


def check(
    subjects: Sequence[Subject], *, cache: Cache | None = None, jobs: int | None = None
) -> list[Finding]:
    """Every finding on these templates, in the order of the templates.

    Args:
        subjects: the templates.
        cache: what is known already; without one, everything is checked.
        jobs: processes; one for each processor by default, if there is enough for them to do.

    Raises:
        UsageError: cfn-lint does not know a region.
    """
    contents = [subject.content() if cache else None for subject in subjects]
    keys = [
        cache.key(subject, content) if cache and content is not None else None
        for subject, content in zip(subjects, contents, strict=True)
    ]
    known = [
        cache.findings(key, subject.name) if cache and key else None
        for subject, key in zip(subjects, keys, strict=True)
    ]
    unknown = [number for number, findings in enumerate(known) if findings is None]
    for number, findings in zip(
        unknown, _lint([subjects[number] for number in unknown], jobs), strict=True
    ):
        known[number] = findings
        key = keys[number]
        # A file that has changed meanwhile is not what the key says.
        if cache and key and subjects[number].content() == contents[number]:
            cache.keep(key, findings)
    return [finding for findings in known for finding in findings or ()]


def _lint(subjects: Sequence[Subject], jobs: int | None) -> list[list[Finding]]:
    if not subjects:
        return []
    from cicdgen.lint import Linter  # noqa: PLC0415 - what is known needs no linter

    linter = Linter()
    workers = min(jobs or os.cpu_count() or 1, max(1, len(subjects) // _WORTH_A_PROCESS))
    if workers == 1:
        return [_lint_one(linter, subject) for subject in subjects]
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - one template needs none
    from multiprocessing import get_context  # noqa: PLC0415

    linter.load()
    _LOADED[:] = [linter]
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            return list(pool.map(_lint_forked, subjects))
    finally:
        _LOADED.clear()


def _lint_forked(subject: Subject) -> list[Finding]:
    return _lint_one(_LOADED[0], subject)


def _lint_one(linter: Linter, subject: Subject) -> list[Finding]:
    if subject.path is None:
        return linter.lint_text(subject.text, subject.name, subject.regions)
    return linter.lint_file(subject.path, subject.name, subject.regions)
