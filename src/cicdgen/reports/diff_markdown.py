"""A comparison for a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.diff import WIDER
from cicdgen.reports import diff, diff_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cicdgen.diff import Comparison


def document(comparisons: Mapping[str, Comparison]) -> str:
    """A section for each comparison: what is dangerous in the open, the rest folded away."""
    sections = ["\n".join(_section(name, each)) for name, each in comparisons.items()]
    return "\n\n".join(sections) + "\n"


def _section(name: str, comparison: Comparison) -> Iterator[str]:
    yield f"### {_inert(name)}"
    yield ""
    yield f"**{diff_words.closing(comparison)}**"
    yield from _dangers(comparison)
    yield from _verdicts(comparison)
    if not comparison.is_empty:
        yield ""
        yield from _folded(diff.text(comparison))


def _dangers(comparison: Comparison) -> Iterator[str]:
    found = [change for change in comparison.resources if change.dangers]
    if found:
        yield ""
        yield "| resource | effect | danger |"
        yield "| --- | --- | --- |"
    for change in found:
        yield (
            f"| `{_inert(change.logical_id)}` | {change.effect.value} | "
            f"{diff_words.dangers(change)} |"
        )


def _verdicts(comparison: Comparison) -> Iterator[str]:
    wider = [verdict for verdict in comparison.verdicts if verdict.width in WIDER]
    if wider:
        yield ""
        yield "| permission | verdict | newly allowed |"
        yield "| --- | --- | --- |"
    for verdict in wider:
        shown = diff_words.witness(verdict.witness) if verdict.witness else verdict.because
        yield f"| `{_inert(verdict.subject)}` | {verdict.width.value} | {_inert(shown)} |"


def _folded(text: str) -> Sequence[str]:
    # A fence longer than any run of backticks in it.
    fence = "```"
    while fence in text:
        fence += "`"
    return (
        "<details><summary>All changes</summary>",
        "",
        f"{fence}text",
        text.rstrip("\n"),
        fence,
        "",
        "</details>",
    )


def _inert(text: str) -> str:
    """Text of a template that cannot end the cell, the code or the comment it stands in."""
    return "".join(
        {"|": "\\|", "`": "'", "<": "&lt;", "\n": " ", "\r": " ", "@": "&#64;"}.get(each, each)
        for each in text
    )
