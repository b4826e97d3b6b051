"""What an action names exists and is made for a pipeline.

A function or project that is something else, or a project that fetches its own source, fails in
the first run.

Source: codepipeline/action-reference-Lambda, codepipeline/action-reference-CodeBuild.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import Action, actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "action-target"
_BUILD_PAGE = "codepipeline/action-reference-CodeBuild"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every action that invokes a function, deploys to one or runs a project."""
    for action in actions_of_kind(stack, "Invoke/AWS/Lambda", "Deploy/AWS/Lambda"):
        named = action.configuration.at("FunctionName")
        found = function_of(stack, named)
        if isinstance(found, Elsewhere) and named.is_given:
            yield _missing(stack, named, found, "function", "codepipeline/action-reference-Lambda")
    for action in actions_of_kind(stack, "Build/AWS/CodeBuild", "Test/AWS/CodeBuild"):
        named = action.configuration.at("ProjectName")
        found = referent(stack, named, "AWS::CodeBuild::Project")
        if isinstance(found, Elsewhere):
            if named.is_given:
                yield _missing(stack, named, found, "project", _BUILD_PAGE)
            continue
        yield from _made_for_it(found, action)


def _missing(stack: Stack, named: Place, why: Elsewhere, kind: str, source: str) -> Remark:
    other = next((r for r in stack.resources.values() if named.text in (r.ref, r.arn)), None)
    if other is None:
        return Doubt(check=NAME, path=named.path, because=f"the {kind}: {why.because}")
    return Flaw(
        check=NAME,
        path=named.path,
        message=f"{named} is {other.logical_id}, an {other.type}, and no {kind}",
        fix=f"refer to the {kind}",
        source=source,
    )


def _made_for_it(project: Resource, action: Action) -> Iterator[Remark]:
    for name in ("Source", "Artifacts"):
        kind = Place.of(project).at(name, "Type")
        if kind.is_unknown:
            yield Doubt(check=NAME, path=kind.path, because=f"the type of its {name} is not known")
        elif kind.known != "CODEPIPELINE":
            yield Flaw(
                check=NAME,
                path=kind.path,
                message=f"{action.name} runs {project.logical_id}, whose {name} are {kind}: it"
                " takes and gives nothing through the pipeline",
                fix=f"set {name}.Type to CODEPIPELINE",
                source=_BUILD_PAGE,
            )
