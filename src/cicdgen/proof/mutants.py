"""A template broken in one place: each way in which a pipeline's template goes wrong, by kind.

A check that never fails proves nothing. Whoever changes a check, or wants to know what the checks
see of a template of their own, breaks it in every way that is listed here and looks what is caught.
Each mutant is one change; a body shares with the original all that is not on the way to it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Final

from cicdgen.cloudformation import Path, written
from cicdgen.cloudformation.values import Json


@unique
class Kind(Enum):
    """What is done to the template. `must_be_caught` says whether one that nobody sees is a gap."""

    DROP_STATEMENT = "drop a statement"
    DROP_ACTION = "drop an action"
    DROP_CONDITION = "drop a condition"
    CHANGE_PRINCIPAL = "change a principal"
    RETARGET = "retarget a reference"
    SWAP_KEY = "swap a key"
    CHANGE_EVENT = "change an event pattern"
    RENAME_ARTIFACT = "rename an artifact"
    CHANGE_METRIC = "change a metric"
    CHANGE_PROVIDER = "change a provider"
    CHANGE_PERIOD = "change a period"
    DROP_PROPERTY = "drop a property"

    @property
    def must_be_caught(self) -> bool:
        """Whether each of its kind breaks or opens something.

        A condition may say twice what another says. A longer period is a slower alarm, and that is
        wrong only where something waits for the alarm.
        """
        return self not in {Kind.DROP_CONDITION, Kind.CHANGE_PERIOD}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A template with one change.

    Attributes:
        kind: what was done.
        path: where.
        what: what is there now instead of what, in words.
        body: the template.
    """

    kind: Kind
    path: Path
    what: str
    body: Mapping[str, Json] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what} ({written(self.path)})"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        mutant: the mutant.
        caught_by: the rules that say what they do not say of the template as it is.
        doubted_by: the same, for those that only say that the template does not decide it.
        harmless: why nothing comes of it, where that is known.
    """

    mutant: Mutant
    caught_by: tuple[str, ...]
    doubted_by: tuple[str, ...] = ()
    harmless: str = ""

    @property
    def survives(self) -> bool:
        """Whether nobody objects."""
        return not self.caught_by

    @property
    def is_gap(self) -> bool:
        """Whether somebody had to."""
        return self.survives and not self.harmless and self.mutant.kind.must_be_caught


_Change = tuple[Kind, Path, str, Json]
_GONE: Final = object()
_DROPPED: Final = {
    "AWS::S3::Bucket": (
        "BucketEncryption",
        "PublicAccessBlockConfiguration",
        "VersioningConfiguration",
        "OwnershipControls",
        "NotificationConfiguration",
    ),
    "AWS::KMS::Key": ("EnableKeyRotation",),
    "AWS::Lambda::Function": ("TracingConfig", "KmsKeyArn"),
    "AWS::Logs::LogGroup": ("RetentionInDays", "KmsKeyId"),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::CodeDeploy::DeploymentGroup": (
        "AlarmConfiguration",
        "AutoRollbackConfiguration",
        "DeploymentStyle",
    ),
    "AWS::Events::Rule": ("Targets",),
    "AWS::Lambda::Permission": ("SourceArn",),
}
_PROVIDERS: Final = {
    "S3": "CodeCommit",
    "CodeBuild": "Jenkins",
    "Lambda": "StepFunctions",
    "CodeDeploy": "ECS",
    "CloudFormation": "CodeDeploy",
}
_PERIODS: Final = ("Period", "EvaluationPeriods", "DatapointsToAlarm")
_SLOWER: Final = 20
_OTHER: Final = "another"
_SERVICE: Final = "elasticbeanstalk.amazonaws.com"


def mutants(body: Mapping[str, Json]) -> Iterator[Mutant]:
    """Every single change of the catalogue that there is something for in the template."""
    for kind, path, what, value in _changes(body):
        yield Mutant(kind=kind, path=path, what=what, body=_changed(body, path, value))


def _changes(body: Mapping[str, Json]) -> Iterator[_Change]:
    resources = body.get("Resources")
    if not isinstance(resources, dict):
        return
    types = {
        name: resource["Type"]
        for name, resource in resources.items()
        if isinstance(resource, dict) and isinstance(resource.get("Type"), str)
    }
    for name, type_ in types.items():
        properties = resources[name].get("Properties")
        at: Path = ("Resources", name, "Properties")
        for key in _DROPPED.get(type_, ()):
            if isinstance(properties, dict) and key in properties:
                yield Kind.DROP_PROPERTY, (*at, key), f"{name} without {key}", _GONE
        for path, value in _walk(properties, at):
            for changes in _CATALOGUE:
                yield from changes(path, value, type_)
            yield from _references(path, value, types)


def _statements(path: Path, value: Json, _: str) -> Iterator[_Change]:
    if path[-1] != "Statement" or not isinstance(value, list):
        return
    for number, statement in enumerate(value):
        if isinstance(statement, dict):
            sid = str(statement.get("Sid", f"statement {number + 1}"))
            if len(value) > 1:
                what = f"{path[1]} without {sid}"
                yield Kind.DROP_STATEMENT, (*path, number), what, _GONE
            yield from _parts((*path, number), statement, sid)


def _parts(at: Path, statement: Mapping[str, Json], sid: str) -> Iterator[_Change]:
    for key in ("Action", "NotAction"):
        actions = statement.get(key)
        if isinstance(actions, list) and len(actions) > 1:
            for index, action in enumerate(actions):
                yield Kind.DROP_ACTION, (*at, key, index), f"{sid} without {action}", _GONE
    conditions = statement.get("Condition")
    for operator, tests in conditions.items() if isinstance(conditions, dict) else ():
        for key in tests if isinstance(tests, dict) else ():
            where = (*at, "Condition", operator, key)
            yield Kind.DROP_CONDITION, where, f"{sid} without {operator} {key}", _GONE
    for member, service in _services(statement.get("Principal")):
        where = (*at, "Principal", "Service", *member)
        yield Kind.CHANGE_PRINCIPAL, where, f"{sid} for {_SERVICE}, not {service}", _SERVICE


def _services(principal: Json) -> Iterator[tuple[Path, Json]]:
    services = principal.get("Service") if isinstance(principal, dict) else None
    if isinstance(services, list):
        for index, service in enumerate(services):
            yield (index,), service
    elif services is not None:
        yield (), services


def _events(path: Path, value: Json, type_: str) -> Iterator[_Change]:
    if type_ == "AWS::Events::Rule" and path[-1] == "EventPattern" and isinstance(value, dict):
        for where, leaf in _walk(value, path):
            if isinstance(leaf, str) and not _is_intrinsic(where):
                what = f"{path[1]} asks for {leaf}-{_OTHER}"
                yield Kind.CHANGE_EVENT, where, what, f"{leaf}-{_OTHER}"
            elif where != path and isinstance(where[-1], str) and not _is_intrinsic(where):
                yield Kind.CHANGE_EVENT, where, f"{path[1]} does not ask for {where[-1]}", _GONE


def _is_intrinsic(path: Path) -> bool:
    return any(step == "Ref" or str(step).startswith("Fn::") for step in path)


def _artifacts(path: Path, value: Json, type_: str) -> Iterator[_Change]:
    if (
        type_ == "AWS::CodePipeline::Pipeline"
        and path[-1] == "Name"
        and path[-3] in {"InputArtifacts", "OutputArtifacts"}
    ):
        yield Kind.RENAME_ARTIFACT, path, f"{path[-3]} has {_OTHER}, not {value}", _OTHER


def _metrics(path: Path, value: Json, type_: str) -> Iterator[_Change]:
    if type_ != "AWS::CloudWatch::Alarm":
        return
    if path[-1] in {"MetricName", "Namespace"} and isinstance(value, str):
        yield Kind.CHANGE_METRIC, path, f"{path[1]} watches {value}{_OTHER}", f"{value}{_OTHER}"
    if path[-1] == "Dimensions" and isinstance(value, list):
        for number, dimension in enumerate(value):
            name = dimension.get("Name") if isinstance(dimension, dict) else None
            at = (*path, number)
            yield Kind.CHANGE_METRIC, at, f"{path[1]} without dimension {name}", _GONE
            what = f"{path[1]} has a dimension {name}s"
            yield Kind.CHANGE_METRIC, (*at, "Name"), what, f"{name}s"
    if path[-1] in _PERIODS and isinstance(value, int):
        what = f"{path[1]} has {path[-1]} {value * _SLOWER}, not {value}"
        yield Kind.CHANGE_PERIOD, path, what, value * _SLOWER


def _providers(path: Path, value: Json, type_: str) -> Iterator[_Change]:
    if type_ == "AWS::CodePipeline::Pipeline" and path[-1] == "Provider" and value in _PROVIDERS:
        other = _PROVIDERS[value]
        yield Kind.CHANGE_PROVIDER, path, f"{other}, not {value}", other


def _references(path: Path, value: Json, types: Mapping[str, str]) -> Iterator[_Change]:
    match value:
        case {"Ref": str(name)} if name in types:
            for other in _next(name, types):
                yield _kind(types[name]), (*path, "Ref"), f"{other}, not {name}", other
        case {"Fn::GetAtt": [str(name), attribute]} if name in types:
            for other in _next(name, types):
                what = f"{other}.{attribute}, not {name}.{attribute}"
                yield _kind(types[name]), (*path, "Fn::GetAtt", 0), what, other
        case {"Fn::Sub": str(text)}:
            for name, type_ in types.items():
                for mark in (f"${{{name}}}", f"${{{name}."):
                    if mark in text:
                        for other in _next(name, types):
                            changed = text.replace(mark, mark.replace(name, other))
                            yield _kind(type_), (*path, "Fn::Sub"), changed, changed


def _next(name: str, types: Mapping[str, str]) -> Iterator[str]:
    """The next resource of the same type, if there is another one."""
    alike = [other for other, type_ in types.items() if type_ == types[name]]
    if len(alike) > 1:
        yield alike[(alike.index(name) + 1) % len(alike)]


def _kind(type_: str) -> Kind:
    return Kind.SWAP_KEY if type_ == "AWS::KMS::Key" else Kind.RETARGET


_CATALOGUE: tuple[Callable[[Path, Json, str], Iterator[_Change]], ...] = (
    _statements,
    _events,
    _artifacts,
    _metrics,
    _providers,
)


def _walk(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    yield path, value
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _walk(member, (*path, key))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _walk(member, (*path, number))


def _changed(value: Json, path: Path, new: Json) -> Json:
    """The value with another one at a path: only what lies on the way is copied."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    copy: Json = list(value) if isinstance(value, list) else dict(value)
    if not rest and new is _GONE:
        del copy[step]
    else:
        copy[step] = _changed(value[step], rest, new)
    return copy
