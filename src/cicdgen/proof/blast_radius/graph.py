"""The steps between the actors of a stack, walked breadth first."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cicdgen.iam import ABSENT
from cicdgen.proof.blast_radius.handed import FUNCTION, ROLE, roles_of, run_objects
from cicdgen.proof.blast_radius.power import powers_of
from cicdgen.proof.blast_radius.rights import Rights
from cicdgen.proof.blast_radius.step import How, Reach, Step
from cicdgen.proof.parts.buildspec import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.iam.context import Presence

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
    graph = _Graph(stack)
    for origin in stack.of_type(PROJECT, FUNCTION):
        yield graph.reach(origin)


class _Graph:
    """The steps between the actors of a stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._rights = Rights(stack)
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._run_objects = tuple(run_objects(stack, self._rights))

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
            powers={
                name: tuple(powers_of(self._stack.resources[name], self._rights)) for name in roles
            },
        )

    def _from(self, actor: Resource) -> tuple[Step, ...]:
        found = self._steps.get(actor.logical_id)
        if found is None:
            steps = self._of_role(actor) if actor.type == ROLE else self._of_compute(actor)
            found = self._steps[actor.logical_id] = tuple(steps)
        return found

    def _of_compute(self, actor: Resource) -> Iterator[Step]:
        """A project or a function acts as its role; anything else acts as nobody."""
        for role in roles_of(self._stack, actor):
            yield Step(start=actor.logical_id, end=role.logical_id, how=How.RUNS_AS)

    def _of_role(self, role: Resource) -> Iterator[Step]:
        for other in self._stack.of_type(ROLE):
            if other is not role:
                yield from self._to_role(role, other)
        for function in self._stack.of_type(FUNCTION):
            yield from self._first(role, function, How.CHANGES_CODE, _CODE_WRITES)
        for project in self._stack.of_type(PROJECT):
            yield from self._first(role, project, How.STARTS_BUILD, _BUILD_STARTS)
        for key in self._stack.of_type("AWS::KMS::Key"):
            how = How.CHANGES_KEY_POLICY
            yield from self._first(role, key, how, ("kms:PutKeyPolicy",))
        for code, runner in self._run_objects:
            if self._rights.mentions(role, "s3:PutObject"):
                answer = self._rights.may(role, "s3:PutObject", code, _PLAIN_UPLOAD)
                if answer is not False:
                    yield Step(
                        start=role.logical_id,
                        end=runner.logical_id,
                        how=How.HANDS_OBJECTS,
                        action="s3:PutObject",
                        certain=answer is True,
                    )

    def _to_role(self, role: Resource, other: Resource) -> Iterator[Step]:
        yield from self._first(role, other, How.ASSUMES, ("sts:AssumeRole",))
        yield from self._first(role, other, How.WRITES_POLICY, _POLICY_WRITES)
        if not self._rights.mentions(role, "iam:PassRole"):
            return
        for service, calls in _SERVICES.items():
            passed = self._rights.may(
                role, "iam:PassRole", other.arn, {"iam:PassedToService": service}
            )
            trusted = self._rights.trusts(other, service)
            if passed is False or trusted is False:
                continue
            for call in calls:
                if self._rights.mentions(role, call):
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
        role: Resource,
        target: Resource,
        how: How,
        calls: tuple[str, ...],
    ) -> Iterator[Step]:
        """The first of some calls that is allowed on a target, if any is."""
        for call in calls:
            if not self._rights.mentions(role, call):
                continue
            answer = self._rights.may(role, call, target.arn)
            if answer is not False:
                yield Step(
                    start=role.logical_id,
                    end=target.logical_id,
                    how=how,
                    action=call,
                    certain=answer is True,
                )
                return
