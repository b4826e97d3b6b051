"""A trial of the checks: the template is broken in every way we know, and they have to see it."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from cicdgen.errors import UsageError
from cicdgen.lint import DEFAULT_REGION, read_file
from cicdgen.proof.mutation import Mutant, Outcome, mutants
from cicdgen.proof.mutation.harmless import why
from cicdgen.proof.mutation.original import Original
from cicdgen.proof.proof import account_in
from cicdgen.rules.analysis import analyse
from cicdgen.rules.reading import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.checking.subjects import Subject
    from cicdgen.rules.analysis import Report


def trial(subject: Subject, *, jobs: int | None = None) -> list[Outcome]:
    """Break a template in every way that is known, and look what is caught.

    Raises:
        UsageError: it is no template.
    """
    body = _body(subject)
    region = subject.regions[0] if subject.regions else DEFAULT_REGION
    return outcomes(body, list(mutants(body)), region, jobs=jobs)


def outcomes(
    body: Mapping[str, Any], broken: Sequence[Mutant], region: str, *, jobs: int | None = None
) -> list[Outcome]:
    """What becomes of mutants of a template.

    Args:
        body: the template as it is.
        broken: its mutants.
        region: where it is deployed.
        jobs: processes; by default one for each processor.
    """
    said = _said(analyse(body, region))
    original = Original(body, account_in(region))
    workers = min(jobs or os.cpu_count() or 1, max(1, len(broken) // 50))
    if workers == 1:
        return _share(broken, region, said, original)
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a small trial needs none
    from multiprocessing import get_context  # noqa: PLC0415

    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        shares = [
            pool.submit(_share, broken[number::workers], region, said, original)
            for number in range(workers)
        ]
        found = [share.result() for share in shares]
    return [found[number % workers][number // workers] for number in range(len(broken))]


_Said = tuple[str, str]


def _share(
    broken: Sequence[Mutant], region: str, said: Counter[_Said], original: Original
) -> list[Outcome]:
    return [_outcome(mutant, region, said, original) for mutant in broken]


def _outcome(mutant: Mutant, region: str, said: Counter[_Said], original: Original) -> Outcome:
    fresh = _said(analyse(mutant.body, region)) - said
    rules = sorted({rule for rule, _ in fresh})
    caught = tuple(rule for rule in rules if not rule.startswith("I"))
    return Outcome(
        mutant=mutant,
        caught_by=caught,
        doubted_by=tuple(rule for rule in rules if rule.startswith("I")),
        harmless="" if caught else why(mutant, original),
    )


def _said(reports: Sequence[Report]) -> Counter[_Said]:
    """By rule and words: places move when something in front of them goes."""
    return Counter((report.rule, report.message) for report in reports)


def _body(subject: Subject) -> Mapping[str, Any]:
    body = json.loads(subject.text) if subject.path is None else read_file(subject.path)
    if not isinstance(body, dict):
        raise UsageError(f"{subject.name} is no template", hint="`cicdgen check` says why")
    found: Mapping[str, Any] = plain(body)
    return found
