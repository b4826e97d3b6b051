"""Each artifact is produced by one action, before another consumes it.

An action starts when its turn comes, whether or not what it needs is there: with a name that nobody
produces, or that a later action produces, CodePipeline refuses the pipeline.
Source: codepipeline/welcome-introducing-artifacts, codepipeline/reference-pipeline-structure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import PIPELINE, Action, actions, unknown_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.proof.parts.place import Place

NAME = "artifact-order"
_SOURCE = "codepipeline/welcome-introducing-artifacts"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every pipeline."""
    for pipeline in stack.of_type(PIPELINE):
        for part in unknown_parts(pipeline):
            yield Doubt(check=NAME, path=part.path, because=f"what {part} is")
        yield from _ordered(pipeline)


def _ordered(pipeline: Resource) -> Iterator[Remark]:
    producers: dict[str, Action] = {}
    for action in actions(pipeline):
        for output in action.outputs():
            code = output.text.code if output.text else ""
            first = producers.setdefault(code, action)
            if first is not action:
                yield Flaw(
                    check=NAME,
                    path=output.path,
                    message=f"{output} is produced by {first.name} and again by {action.name}",
                    fix="give each output artifact a name of its own",
                    source=_SOURCE,
                )
    for action in actions(pipeline):
        for name in action.inputs():
            yield from _consumed(name, action, producers)


def _consumed(name: Place, action: Action, producers: dict[str, Action]) -> Iterator[Remark]:
    producer = producers.get(name.text.code if name.text else "")
    if producer is None:
        open_ones = [code for code in producers if name.text and not _differs(name, code)]
        if open_ones:
            yield Doubt(check=NAME, path=name.path, because=f"which artifact {name} is")
            return
        yield Flaw(
            check=NAME,
            path=name.path,
            message=f"{action.name} consumes {name}, which no action produces",
            fix="name an artifact that an earlier action lists under OutputArtifacts",
            source=_SOURCE,
        )
        return
    if producer.stage == action.stage and None in (producer.order, action.order):
        yield Doubt(check=NAME, path=name.path, because="the run order is not known")
    elif (producer.stage, producer.order or 0) >= (action.stage, action.order or 0):
        yield Flaw(
            check=NAME,
            path=name.path,
            message=f"{action.name} consumes {name} before {producer.name} has produced it",
            fix=f"move {producer.name} to an earlier stage, or give it a lower RunOrder",
            source=_SOURCE,
        )


def _differs(name: Place, code: str) -> bool:
    from cicdgen.cloudformation import Text  # noqa: PLC0415 - only where a name is not known

    return name.text is not None and name.text.equals(Text(code)) is False
