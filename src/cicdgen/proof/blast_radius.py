"""What code that runs in a build, or in a function, could reach, and in how many steps.

Whoever gets code into a build has what the build's role has. From there: roles it may assume or
pass to a service that runs code, functions whose code it may change, other builds it may start with
commands of its own, objects that somebody else runs, and policies it may write itself. Each is a
step, found by asking the evaluator, and the way is walked breadth first: the first way is the
shortest.

Not every step is an attack: a build that makes the release is meant to decide what the function
runs. A `Limit` says what is too far.

Sources: IAM/access_policies_evaluation (privilege escalation), codebuild/API_StartBuild
(buildspecOverride), lambda/API_UpdateFunctionCode, kms/key-policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cicdgen.cloudformation import Resource, Text
from cicdgen.iam import (
    ABSENT,
    Allowed,
    Denied,
    Effect,
    Policies,
    Request,
    RoleSession,
    Service,
    action_facts,
    decide,
)
from cicdgen.proof.check import Check
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, referent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Stack
    from cicdgen.cloudformation.truth import Truth
    from cicdgen.iam.context import Presence

NAME: Final = "blast-radius"
FUNCTION: Final = "AWS::Lambda::Function"
ROLE: Final = "AWS::IAM::Role"


@unique
class How(Enum):
    """How one gets from one actor to the next."""

    RUNS_AS = "runs as"
    ASSUMES = "assumes"
    PASSES = "passes to a service that runs code"
    CHANGES_CODE = "changes the code of"
    STARTS_BUILD = "starts, with commands of its own,"
    HANDS_OBJECTS = "writes objects that are run by"
    WRITES_POLICY = "writes the policies of"
    CHANGES_KEY_POLICY = "writes the key policy of"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        start: the logical id of who takes it.
        end: the logical id of what it reaches.
        how: in which way.
        action: the call that allows it; empty if nothing has to be called.
        certain: whether the template decides that it is allowed.
    """

    start: str
    end: str
    how: How
    action: str = ""
    certain: bool = True

    def __str__(self) -> str:
        by = f" ({self.action})" if self.action else ""
        return f"{self.start} {self.how.value} {self.end}{by}"


@dataclass(frozen=True, kw_only=True)
class Power:
    """Something a role may change directly.

    Attributes:
        action: the action, or a pattern of actions.
        resource: what it may be done to, as the policy names it.
        level: `Write`, `Permissions management` or `Tagging`; `any` for a pattern.
    """

    action: str
    resource: str
    level: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What one origin reaches.

    Attributes:
        origin: the logical id of the project or function whose code is taken over.
        ways: the shortest way to each thing that is reached, by its logical id.
        powers: what may be changed, by the role that may change it.
    """

    origin: str
    ways: Mapping[str, tuple[Step, ...]]
    powers: Mapping[str, tuple[Power, ...]]

    def steps_to(self, logical_id: str) -> int | None:
        """How many steps it takes, the first role not counted; None if it is not reached."""
        way = self.ways.get(logical_id)
        return None if way is None else sum(step.how is not How.RUNS_AS for step in way)

    @property
    def is_administrator(self) -> bool:
        """Whether it may give itself any right: it writes policies of roles, or may do all."""
        whole = any(p.action in {"*", "iam:*"} for powers in self.powers.values() for p in powers)
        return whole or any(
            step.how is How.WRITES_POLICY for way in self.ways.values() for step in way
        )


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What is too far.

    Attributes:
        steps: the most steps that anything reached may be away; None for any number.
        forbidden: logical ids that must not be reached.
        administrator: whether giving oneself any right is allowed.
    """

    steps: int | None = None
    forbidden: frozenset[str] = frozenset()
    administrator: bool = False


_SERVICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lambda.amazonaws.com": ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
        "codebuild.amazonaws.com": ("codebuild:CreateProject", "codebuild:UpdateProject"),
        "cloudformation.amazonaws.com": (
            "cloudformation:CreateStack",
            "cloudformation:UpdateStack",
            "cloudformation:CreateChangeSet",
        ),
        "ec2.amazonaws.com": ("ec2:RunInstances",),
        "ecs-tasks.amazonaws.com": ("ecs:RegisterTaskDefinition",),
        "glue.amazonaws.com": ("glue:CreateJob", "glue:CreateDevEndpoint"),
        "states.amazonaws.com": ("states:CreateStateMachine", "states:UpdateStateMachine"),
        "codepipeline.amazonaws.com": (
            "codepipeline:CreatePipeline",
            "codepipeline:UpdatePipeline",
        ),
        "events.amazonaws.com": ("events:PutTargets",),
        "sagemaker.amazonaws.com": ("sagemaker:CreateNotebookInstance",),
    }
)
"""The calls that put a passed role to work, by the service that the role trusts."""

_PLAIN_UPLOAD: Mapping[str, str | Presence] = MappingProxyType(
    {
        "aws:SecureTransport": "true",
        "s3:x-amz-server-side-encryption": ABSENT,
        "s3:x-amz-server-side-encryption-aws-kms-key-id": ABSENT,
    }
)
"""An upload as anybody would make it who wants it to be taken."""

_POLICY_WRITES = (
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:DeleteRolePermissionsBoundary",
)
_CODE_WRITES = ("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration")
_BUILD_STARTS = ("codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:UpdateProject")


def reaches(stack: Stack) -> Iterator[Reach]:
    """What the code of each project and each function could reach."""
    graph = _Graph(stack, policies_of(stack))
    for origin in stack.of_type(PROJECT, FUNCTION):
        yield graph.reach(origin)


NO_ADMINISTRATOR: Final = Limit()
"""The least that is asked of every template."""


def check(stack: Stack, limit: Limit = NO_ADMINISTRATOR) -> Iterator[Remark]:
    """What is reached beyond a limit.

    Args:
        stack: the stack.
        limit: what is too far; by itself, any way to give oneself any right.
    """
    for reach in reaches(stack):
        path = ("Resources", reach.origin)
        if reach.is_administrator and not limit.administrator:
            yield _flaw(path, f"code in {reach.origin} can give itself any right: {_shown(reach)}")
        for reached, way in reach.ways.items():
            steps = reach.steps_to(reached) or 0
            beyond = limit.steps is not None and steps > limit.steps
            if not beyond and reached not in limit.forbidden:
                continue
            told = ", then ".join(map(str, way))
            if all(step.certain for step in way):
                message = f"code in {reach.origin} reaches {reached} in {steps} steps: {told}"
                yield _flaw(path, message)
            else:
                because = f"whether code in {reach.origin} reaches {reached}: {told}"
                yield Doubt(check=NAME, path=path, because=because)


def _shown(reach: Reach) -> str:
    for way in reach.ways.values():
        if way and way[-1].how is How.WRITES_POLICY:
            return ", then ".join(map(str, way))
    return next(
        f"{role} may do {power.action}"
        for role, powers in reach.powers.items()
        for power in powers
        if power.action in {"*", "iam:*"}
    )


def _flaw(path: tuple[str, str], message: str) -> Flaw:
    return Flaw(
        check=NAME,
        path=path,
        message=message,
        fix="take the right to the first step away, or widen the limit and say why",
        source="IAM/best-practices",
    )


class _Graph:
    """The steps between the actors of a stack."""

    def __init__(self, stack: Stack, policies: Policies) -> None:
        self._stack = stack
        self._policies = policies
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._powers: dict[str, tuple[Power, ...]] = {}

    def reach(self, origin: Resource) -> Reach:
        """Everything that is reached, each by its shortest way."""
        ways: dict[str, tuple[Step, ...]] = {}
        waiting: list[tuple[str, tuple[Step, ...]]] = [(origin.logical_id, ())]
        for actor, way in waiting:
            for step in self._from(self._stack.resources[actor]):
                if step.end not in ways and step.end != origin.logical_id:
                    ways[step.end] = (*way, step)
                    waiting.append((step.end, ways[step.end]))
        roles = [name for name in ways if self._stack.resources[name].type == ROLE]
        return Reach(
            origin=origin.logical_id,
            ways=ways,
            powers={name: self._powers_of(self._stack.resources[name]) for name in roles},
        )

    def _from(self, actor: Resource) -> tuple[Step, ...]:
        found = self._steps.get(actor.logical_id)
        if found is None:
            steps = self._of_role(actor) if actor.type == ROLE else self._of_compute(actor)
            found = self._steps[actor.logical_id] = tuple(steps)
        return found

    def _of_compute(self, actor: Resource) -> Iterator[Step]:
        """A project or a function acts as its role; anything else acts as nobody."""
        named = Place.of(actor).at("ServiceRole" if actor.type == PROJECT else "Role")
        if actor.type in {PROJECT, FUNCTION}:
            role = referent(self._stack, named, ROLE)
            if not isinstance(role, Elsewhere):
                yield Step(start=actor.logical_id, end=role.logical_id, how=How.RUNS_AS)

    def _of_role(self, role: Resource) -> Iterator[Step]:
        session = RoleSession(role.arn)
        for other in self._stack.of_type(ROLE):
            if other is not role:
                yield from self._to_role(session, role, other)
        for function in self._stack.of_type(FUNCTION):
            yield from self._first(session, role, function, How.CHANGES_CODE, _CODE_WRITES)
        for project in self._stack.of_type(PROJECT):
            yield from self._first(session, role, project, How.STARTS_BUILD, _BUILD_STARTS)
        for key in self._stack.of_type("AWS::KMS::Key"):
            how = How.CHANGES_KEY_POLICY
            yield from self._first(session, role, key, how, ("kms:PutKeyPolicy",))
        for code, runner in self._run_objects:
            if self._mentions(role, "s3:PutObject"):
                answer = self._may(session, "s3:PutObject", code, _PLAIN_UPLOAD)
                if answer is not False:
                    yield Step(
                        start=role.logical_id,
                        end=runner.logical_id,
                        how=How.HANDS_OBJECTS,
                        action="s3:PutObject",
                        certain=answer is True,
                    )

    def _to_role(self, session: RoleSession, role: Resource, other: Resource) -> Iterator[Step]:
        yield from self._first(session, role, other, How.ASSUMES, ("sts:AssumeRole",))
        yield from self._first(session, role, other, How.WRITES_POLICY, _POLICY_WRITES)
        if not self._mentions(role, "iam:PassRole"):
            return
        for service, calls in _SERVICES.items():
            passed = self._may(session, "iam:PassRole", other.arn, {"iam:PassedToService": service})
            trusted = self._trusts(other, service)
            if passed is False or trusted is False:
                continue
            for call in calls:
                if self._mentions(role, call):
                    yield Step(
                        start=role.logical_id,
                        end=other.logical_id,
                        how=How.PASSES,
                        action=call,
                        certain=passed is True and trusted is True,
                    )
                    break

    def _first(
        self,
        session: RoleSession,
        role: Resource,
        target: Resource,
        how: How,
        calls: tuple[str, ...],
    ) -> Iterator[Step]:
        """The first of some calls that is allowed on a target, if any is."""
        for call in calls:
            if not self._mentions(role, call):
                continue
            answer = self._may(session, call, target.arn)
            if answer is not False:
                yield Step(
                    start=role.logical_id,
                    end=target.logical_id,
                    how=how,
                    action=call,
                    certain=answer is True,
                )
                return

    def _mentions(self, role: Resource, action: str) -> bool:
        """Whether any policy of a role may allow an action: most questions end here.

        A role that a resource policy allows it directly is not left out: assuming a role and the
        policies of keys are asked about in any case.
        """
        if action in {"sts:AssumeRole", "kms:PutKeyPolicy"}:
            named = any(
                entry.value == role.arn
                for policy in self._policies.resource
                for statement in policy.document.statements
                if statement.grantees is not None
                for entry in statement.grantees.entries
            )
            if named:
                return True
        held = self._policies.of_principal(role.arn).identity
        return any(
            bool(each.document.unreadable)
            or any(
                statement.effect is Effect.ALLOW
                and statement.actions.match(action.lower()) is not False
                for statement in each.document.statements
            )
            for each in held
        )

    def _may(
        self,
        session: RoleSession,
        action: str,
        resource: Text,
        context: Mapping[str, str | Presence] = MappingProxyType({}),
    ) -> Truth:
        request = Request.of(session, action, resource, dict(context))
        match decide(request, self._policies):
            case Allowed():
                return True
            case Denied():
                return False
            case _:
                return None

    def _trusts(self, role: Resource, service: str) -> Truth:
        match decide(Request.of(Service(service), "sts:AssumeRole", role.arn), self._policies):
            case Allowed():
                return True
            case Denied():
                return False
            case _:
                return None

    @cached_property
    def _run_objects(self) -> tuple[tuple[Text, Resource], ...]:
        """Objects, and who runs what is in them: sources, artifacts and releases.

        An artifact's key is PIPELINE/ARTIFACT/RANDOM, the first cut to 20 characters and the
        second to 10. Source: lambda/services-codepipeline.
        """
        return tuple(self._sources()) + tuple(self._artifacts()) + tuple(self._releases())

    def _sources(self) -> Iterator[tuple[Text, Resource]]:
        for action in actions_of_kind(self._stack, "Source/AWS/S3"):
            bucket = referent(self._stack, action.configuration.at("S3Bucket"), "AWS::S3::Bucket")
            key = action.configuration.at("S3ObjectKey").text
            if isinstance(bucket, Elsewhere) or key is None:
                continue
            outputs = {name.text for name in action.outputs()}
            for runner, inputs in self._runners():
                if outputs & inputs:
                    yield bucket.arn + "/" + key, runner

    def _artifacts(self) -> Iterator[tuple[Text, Resource]]:
        for runner, inputs in self._runners():
            for action in actions_of_kind(self._stack, *_RUNNING):
                location = Place.of(action.pipeline).at("ArtifactStore", "Location")
                store = referent(self._stack, location, "AWS::S3::Bucket")
                name = action.pipeline.name.known
                if isinstance(store, Elsewhere) or name is None:
                    continue
                for artifact in inputs & {each.text for each in action.inputs()}:
                    if artifact is not None and artifact.known:
                        folder = f"/{name[:_PIPELINE_CUT]}/{artifact.known[:_ARTIFACT_CUT]}/any"
                        yield store.arn + folder, runner

    def _runners(self) -> Iterator[tuple[Resource, set[Text | None]]]:
        """Who runs what is in which artifacts."""
        for action in actions_of_kind(self._stack, *_RUNNING):
            project = referent(self._stack, action.configuration.at("ProjectName"), PROJECT)
            found = (
                function_of(self._stack, action.configuration.at("FunctionName"))
                if isinstance(project, Elsewhere)
                else project
            )
            if not isinstance(found, Elsewhere):
                yield found, {name.text for name in action.inputs()}

    def _releases(self) -> Iterator[tuple[Text, Resource]]:
        """Objects that somebody reads who may change a function's code: what is in them will run.

        Whether the reader deploys what it reads, its code decides, and not the template.
        """
        for function in self._stack.of_type(FUNCTION):
            place = Place.of(function).at("Code")
            bucket = referent(self._stack, place.at("S3Bucket"), "AWS::S3::Bucket")
            key = place.at("S3Key").text
            if not isinstance(bucket, Elsewhere) and key is not None:
                yield bucket.arn + "/" + key, function
        for deployer in self._stack.of_type(FUNCTION, PROJECT):
            for role in self._roles_of(deployer):
                if self._mentions(role, "lambda:UpdateFunctionCode"):
                    for code in self._read_by(role):
                        yield code, deployer

    def _read_by(self, role: Resource) -> Iterator[Text]:
        """The objects that a role may read, a wildcard filled in with some word."""
        for held in self._policies.of_principal(role.arn).identity:
            for statement in held.document.statements:
                reads = statement.actions.match("s3:getobject") is True
                if statement.effect is Effect.ALLOW and statement.resources is not None and reads:
                    for pattern in statement.resources.patterns:
                        yield Text(pattern.source.code.replace("*", "any"))

    def _roles_of(self, actor: Resource) -> Iterator[Resource]:
        for step in self._of_compute(actor):
            yield self._stack.resources[step.end]

    def _powers_of(self, role: Resource) -> tuple[Power, ...]:
        """What a role may change, as its policies say."""
        if role.logical_id not in self._powers:
            self._powers[role.logical_id] = tuple(self._written_powers(role))
        return self._powers[role.logical_id]

    def _written_powers(self, role: Resource) -> Iterator[Power]:
        for held in self._policies.of_principal(role.arn).identity:
            for statement in held.document.statements:
                if statement.effect is not Effect.ALLOW or statement.resources is None:
                    continue
                for pattern in statement.actions.patterns:
                    level = _level(str(pattern))
                    if level is not None:
                        for resource in statement.resources.patterns:
                            yield Power(action=str(pattern), resource=str(resource), level=level)


_RUNNING = ("Build/AWS/CodeBuild", "Test/AWS/CodeBuild", "Invoke/AWS/Lambda", "Deploy/AWS/Lambda")
"""Actions whose project or function runs, or becomes, what is in their input artifacts."""

_PIPELINE_CUT: Final = 20
_ARTIFACT_CUT: Final = 10


def _level(action: str) -> str | None:
    """The access level of an action that changes something; None if it changes nothing."""
    if set(action) & {"*", "?"}:
        return "any"
    facts = action_facts(action)
    if facts is None:
        return "any"
    return None if facts.access_level in {"List", "Read"} else facts.access_level


CHECK = Check(
    name=NAME,
    title="Code in a build or a function cannot give itself any right",
    run=check,
    failures=(2,),
)
