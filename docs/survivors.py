"""Write survivors.md, or compare it: `make mutants`.

It takes a minute, so that it is no page of `docs.generate`: the tests look at a sample of it.
"""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cicdgen.checking.trial import outcomes
from cicdgen.lint import DEFAULT_REGION
from cicdgen.proof.mutation import Kind, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.proof.mutation import Outcome

DOCS = Path(__file__).parent
FILE = DOCS / "survivors.md"
TEMPLATES = ("prod", "dev")
_INTRO = """\
<!-- Made by `python -m docs.survivors`; change the code instead. -->

# What survives

Our templates, broken in one place at a time, in every way that the catalogue of
`cicdgen check --self-test` knows. Caught is what a rule says an error or a warning of; a doubt is
not enough. What nobody catches is listed here with the reason that it is harmless, which is derived
from the template and from what AWS says. There is none without a reason: that would be a gap.
"""


def page() -> str:
    """The page: numbers by kind, and every survivor under its reason."""
    return "\n".join([_INTRO, *(part for name in TEMPLATES for part in _of(name))])


def _of(name: str) -> Iterator[str]:
    path = DOCS.parent / "templates" / f"{name}.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    found = outcomes(body, list(mutants(body)), DEFAULT_REGION)
    gaps = sum(each.is_gap for each in found)
    caught = sum(not each.survives for each in found)
    yield f"## templates/{name}.json\n"
    yield (
        f"{len(found)} mutants: {caught} caught, {len(found) - caught - gaps} harmless, "
        f"{gaps} gaps.\n"
    )
    yield "| what is done | mutants | caught | harmless | gaps |\n| --- | --- | --- | --- | --- |"
    for kind in Kind:
        yield _row(kind, [each for each in found if each.mutant.kind is kind])
    yield from _survivors(found)


def _row(kind: Kind, found: Sequence[Outcome]) -> str:
    caught = sum(not each.survives for each in found)
    gaps = sum(each.is_gap for each in found)
    harmless = len(found) - caught - gaps
    return f"| {kind.value} | {len(found)} | {caught} | {harmless} | {gaps} |"


def _survivors(found: Sequence[Outcome]) -> Iterator[str]:
    reasons: dict[str, list[Outcome]] = {}
    for each in found:
        if each.survives:
            reasons.setdefault(each.harmless or "A gap: nobody sees it", []).append(each)
    for reason, those in reasons.items():
        yield f"\n### {reason[0].upper()}{reason[1:]}\n"
        yield "\n".join(line(each) for each in those)
    yield ""


def line(outcome: Outcome) -> str:
    """A survivor as the page lists it."""
    doubt = f" (only in doubt: {', '.join(outcome.doubted_by)})" if outcome.doubted_by else ""
    return f"- {outcome.mutant}{doubt}"


def main() -> None:
    """Write the page; with `check`, compare it and end with 1 if it is another."""
    made = page()
    if sys.argv[1:] != ["check"]:
        FILE.write_text(made, encoding="utf-8")
        return
    written = FILE.read_text(encoding="utf-8")
    sys.stdout.writelines(
        difflib.unified_diff(
            written.splitlines(keepends=True), made.splitlines(keepends=True), FILE.name, "now"
        )
    )
    if written != made or "A gap: nobody sees it" in made:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
