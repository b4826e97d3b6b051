"""A trial of the checks: the template is broken in every way we know, and they have to see it."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.cloudformation import Template
from cicdgen.errors import UsageError
from cicdgen.lint import DEFAULT_REGION, read_file
from cicdgen.proof.mutants import Kind, Mutant, Outcome, mutants
from cicdgen.proof.proof import account_in, prove
from cicdgen.rules.analysis import analyse
from cicdgen.rules.reading import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cicdgen.checking.subjects import Subject
    from cicdgen.rules.analysis import Report


def trial(subject: Subject, *, jobs: int | None = None) -> list[Outcome]:
    """Break a template in every way that is known, and look what is caught.

    Raises:
        UsageError: it is no template.
    """
    body = _body(subject)
    region = subject.regions[0] if subject.regions else DEFAULT_REGION
    as_it_is = _AsItIs.of(body, region)
    broken = list(mutants(body))
    workers = min(jobs or os.cpu_count() or 1, max(1, len(broken) // 50))
    if workers == 1:
        return list(_outcomes(broken, region, as_it_is))
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a small trial needs none
    from multiprocessing import get_context  # noqa: PLC0415

    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        shares = [
            pool.submit(_share, broken[number::workers], region, as_it_is)
            for number in range(workers)
        ]
        found = [share.result() for share in shares]
    return [found[number % workers][number // workers] for number in range(len(broken))]


def _share(broken: Sequence[Mutant], region: str, as_it_is: _AsItIs) -> list[Outcome]:
    return list(_outcomes(broken, region, as_it_is))


_Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _AsItIs:
    """What is said of the template before it is broken."""

    said: Counter[_Said]
    cautions: Counter[_Said]

    @classmethod
    def of(cls, body: Mapping[str, Any], region: str) -> _AsItIs:
        return cls(_said(analyse(body, region)), _cautions(body, region))


def _outcomes(broken: Sequence[Mutant], region: str, as_it_is: _AsItIs) -> Iterator[Outcome]:
    for mutant in broken:
        fresh = _said(analyse(mutant.body, region)) - as_it_is.said
        rules = sorted({rule for rule, _ in fresh})
        caught = tuple(rule for rule in rules if not rule.startswith("I"))
        yield Outcome(
            mutant=mutant,
            caught_by=caught,
            doubted_by=tuple(rule for rule in rules if rule.startswith("I")),
            harmless="" if caught else _harmless(mutant, region, as_it_is),
        )


def _harmless(mutant: Mutant, region: str, as_it_is: _AsItIs) -> str:
    """Why nothing comes of it: only calls of the safe side are refused that were not before."""
    if mutant.kind not in {Kind.DROP_ACTION, Kind.DROP_STATEMENT}:
        return ""
    cautions = _cautions(mutant.body, region) - as_it_is.cautions
    ids = sorted({hop for hop, _ in cautions})
    return (
        f"AWS lists it, and nothing is known to break without it: {', '.join(ids)}" if ids else ""
    )


def _cautions(body: Mapping[str, Any], region: str) -> Counter[_Said]:
    proof = prove(Template.read(body), account_in(region))
    return Counter((each.hop.id, why) for each in proof.cautions for why in each.because)


def _said(reports: Sequence[Report]) -> Counter[_Said]:
    """By rule and words: places move when something in front of them goes."""
    return Counter((report.rule, report.message) for report in reports)


def _body(subject: Subject) -> Mapping[str, Any]:
    body = json.loads(subject.text) if subject.path is None else read_file(subject.path)
    if not isinstance(body, dict):
        raise UsageError(f"{subject.name} is no template", hint="`cicdgen check` says why")
    found: Mapping[str, Any] = plain(body)
    return found
