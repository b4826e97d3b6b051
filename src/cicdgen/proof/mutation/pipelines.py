"""Mutants of a pipeline: events, input, artifacts, order, providers, and what is released."""

import json
from collections.abc import Iterator, Sequence

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation.change import GONE, OTHER, Change, is_intrinsic, walk
from cicdgen.proof.mutation.kinds import Kind

_RULE = "AWS::Events::Rule"
_PIPELINE = "AWS::CodePipeline::Pipeline"
_PROVIDERS = {
    "S3": "CodeCommit",
    "CodeBuild": "Jenkins",
    "Lambda": "StepFunctions",
    "CodeDeploy": "ECS",
    "CloudFormation": "CodeDeploy",
}


def events(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """Each field of a pattern, and each value."""
    if type_ == _RULE and path[-1] == "EventPattern" and isinstance(value, dict):
        for where, leaf in walk(value, path):
            if is_intrinsic(where):
                continue
            if isinstance(leaf, str):
                what = f"{path[1]} asks for {leaf}-{OTHER}"
                yield Change(Kind.CHANGE_EVENT, where, what, f"{leaf}-{OTHER}")
            elif where != path and isinstance(where[-1], str):
                what = f"{path[1]} does not ask for {where[-1]}"
                yield Change(Kind.CHANGE_EVENT, where, what, GONE)


def inputs(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """What a rule hands to its target: each path into the event, each value of the template."""
    if type_ != _RULE or len(path) < 2 or path[-2] != "InputTransformer":  # noqa: PLR2004
        return
    if path[-1] == "InputPathsMap" and isinstance(value, dict):
        for name, where in value.items():
            what = f"{path[1]} takes {name} from {where}-{OTHER}"
            yield Change(Kind.CHANGE_INPUT, (*path, name), what, f"{where}-{OTHER}")
    if path[-1] == "InputTemplate" and isinstance(value, str):
        try:
            template = json.loads(value)
        except ValueError:
            return
        for where, leaf in walk(template, ()):
            if isinstance(leaf, str):
                new = json.dumps(_with(template, where, f"{leaf}-{OTHER}"))
                what = f"{path[1]} gives {where[-1]} {leaf}-{OTHER}"
                yield Change(Kind.CHANGE_INPUT, path, what, new)


def _with(value: Json, path: Path, new: Json) -> Json:
    if not path:
        return new
    copy: Json = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


def artifacts(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """The name of each artifact, where it is made and where it is used."""
    if (
        type_ == _PIPELINE
        and path[-1] == "Name"
        and path[-3]
        in {
            "InputArtifacts",
            "OutputArtifacts",
        }
    ):
        yield Change(Kind.RENAME_ARTIFACT, path, f"{path[-3]} has {OTHER}, not {value}", OTHER)


def order(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """Each two stages that follow each other, and each run order."""
    if type_ != _PIPELINE:
        return
    if path[-1] == "Stages" and isinstance(value, list):
        for number in range(len(value) - 1):
            swapped = [*value]
            swapped[number], swapped[number + 1] = value[number + 1], value[number]
            names = [_name(value, at) for at in (number, number + 1)]
            yield Change(Kind.CHANGE_ORDER, path, f"{names[1]} before {names[0]}", swapped)
    if path[-1] == "Actions" and isinstance(value, list):
        orders = {each.get("RunOrder", 1) for each in value if isinstance(each, dict)}
        for number, action in enumerate(value):
            if len(orders) > 1 and isinstance(action, dict):
                mine = action.get("RunOrder", 1)
                new = min(orders) if mine != min(orders) else max(orders) + 1
                what = f"{_name(value, number)} has RunOrder {new}, not {mine}"
                action = {**action, "RunOrder": new}  # noqa: PLW2901 - one key more
                yield Change(Kind.CHANGE_ORDER, (*path, number), what, action)


def _name(listed: Sequence[Json], number: int) -> str:
    each = listed[number]
    return str(each.get("Name", number)) if isinstance(each, dict) else str(number)


def providers(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """Each provider of an action."""
    if type_ == _PIPELINE and path[-1] == "Provider" and value in _PROVIDERS:
        other = _PROVIDERS[value]
        yield Change(Kind.CHANGE_PROVIDER, path, f"{other}, not {value}", other)


def releases(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """The alias and its version, and what the code that deploys is told by name."""
    if type_ == "AWS::Lambda::Alias" and path[-1] == "FunctionVersion":
        yield Change(Kind.CHANGE_RELEASE, path, f"{path[1]} points to $LATEST", "$LATEST")
    if type_ == "AWS::Lambda::Alias" and path[-1] == "Name" and isinstance(value, str):
        yield Change(Kind.CHANGE_RELEASE, path, f"{path[1]} is {OTHER}, not {value}", OTHER)
    if type_ == "AWS::Lambda::Function" and path[-2:-1] == ("Variables",):
        what = f"{path[1]} has no {path[-1]}"
        yield Change(Kind.CHANGE_RELEASE, path, what, GONE)
        if isinstance(value, str) and value.isidentifier():
            what = f"{path[1]} has {path[-1]} {OTHER}, not {value}"
            yield Change(Kind.CHANGE_RELEASE, path, what, OTHER)


def handlers(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """The handler of each function."""
    if type_ == "AWS::Lambda::Function" and path[-1] == "Handler" and isinstance(value, str):
        module, _, name = value.rpartition(".")
        for other in (f"{module}.{OTHER}", f"{OTHER}.{name}"):
            what = f"{path[1]} has handler {other}, not {value}"
            yield Change(Kind.CHANGE_HANDLER, path, what, other)
