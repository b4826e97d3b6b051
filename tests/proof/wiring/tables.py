"""Cases in YAML files: a good template, what is changed in it, and what a check then says.

A file is named for its check. `good` is a template without a flaw. Each of its `cases` says what it
shows, changes the good template (`set` puts values in place, `drop` takes them out, at paths as
`Alarm.Threshold`), and lists the `flaws` that follow, by path, with words of their messages, and
the `doubts`, likewise. `foreign` are whole templates in somebody else's style.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from cicdgen.cloudformation import Template, stacks
from cicdgen.proof.flaw import Doubt, Flaw, Remark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cicdgen.proof.check import Check

Json = Any


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> Json:
    match node:
        case yaml.ScalarNode():
            value: Json = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A template, and what its check says of it: words by dotted path."""

    says: str
    body: Json
    flaws: dict[str, str]
    doubts: dict[str, str]
    is_foreign: bool


def cases(path: Path) -> Iterator[Case]:
    """The cases of a file, its good template first."""
    table = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a SafeLoader
    good = {"Resources": table["good"]}
    yield _case({"says": "the good template has no flaw", **table.get("good-says", {})}, good)
    for written in table["cases"]:
        body = copy.deepcopy(good)
        for at, value in written.get("set", {}).items():
            _put(body, at, value)
        for at in written.get("drop", ()):
            _put(body, at, None)
        yield _case(written, body)
    for written in table["foreign"]:
        yield _case(written, written["template"], is_foreign=True)


def said(check: Check, body: Json) -> tuple[dict[str, str], dict[str, str]]:
    """What a check says of every stack that a template can become: flaws and doubts by path."""
    remarks: list[Remark] = []
    for stack in stacks(Template.read(body)):
        remarks += check.run(stack)
    flaws = {_dotted(each.path): each.message for each in remarks if isinstance(each, Flaw)}
    doubts = {_dotted(each.path): each.because for each in remarks if isinstance(each, Doubt)}
    return flaws, doubts


def disagreement(expected: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    """What is missing, surprising, or said in other words."""
    wrong = {at: f"said, and not expected: {text}" for at, text in found.items()}
    for at, words in expected.items():
        if at not in found:
            wrong[at] = f"expected, and not said: {words}"
        elif words in found[at]:
            del wrong[at]
    return wrong


def _case(written: Json, body: Json, *, is_foreign: bool = False) -> Case:
    return Case(
        says=written["says"],
        body=body,
        flaws=written.get("flaws", {}),
        doubts=written.get("doubts", {}),
        is_foreign=is_foreign,
    )


def _dotted(path: tuple[str | int, ...]) -> str:
    steps = [str(step) for step in path]
    if steps[:1] == ["Resources"]:
        steps = steps[1:2] + steps[3:] if steps[2:3] == ["Properties"] else steps[1:]
    return ".".join(steps)


def _put(body: Json, dotted: str, value: Json) -> None:
    """Put a value at a path below Resources, or take it out with None."""
    first, *steps = dotted.split(".")
    target = body["Resources"]
    if not steps:
        if value is None:
            del target[first]
        else:
            target[first] = value
        return
    target = target[first].setdefault("Properties", {})
    for step in steps[:-1]:
        target = target[int(step)] if isinstance(target, list) else target.setdefault(step, {})
    key: Any = int(steps[-1]) if isinstance(target, list) else steps[-1]
    if value is None:
        del target[key]
    elif isinstance(target, list) and key == len(target):
        target.append(value)
    else:
        target[key] = value
