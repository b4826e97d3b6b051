"""What CloudFormation needs to deploy, or to delete, the resources of a template.

A deployment needs the rights to delete, too: what a failed one has made goes, and so does what an
update takes out. Resources that are always retained are never deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Fields, Items, Text
from cicdgen.errors import CicdgenError
from cicdgen.iam import action_facts
from cicdgen.permissions.need import Need, on
from cicdgen.permissions.table import Call, Operation, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.permissions.arns import Arns
    from cicdgen.permissions.need import Condition

_ROLE_OF = {
    "AWS::CodeBuild::Project": ("ServiceRole", "codebuild.amazonaws.com"),
    "AWS::CodeDeploy::DeploymentGroup": ("ServiceRoleArn", "codedeploy.amazonaws.com"),
    "AWS::CodePipeline::Pipeline": ("RoleArn", "codepipeline.amazonaws.com"),
    "AWS::Events::Rule": ("Targets", "events.amazonaws.com"),
    "AWS::Lambda::Function": ("Role", "lambda.amazonaws.com"),
}
"""Where a type names the role that it hands on, and to which service."""

_ROLE_ACTIONS = frozenset({"iam:PassRole", "iam:GetRole"})
_BOUNDARY = "iam:PermissionsBoundary"


def to_deploy(stack: Stack, arns: Arns) -> Iterator[Need]:
    """What CloudFormation needs to create and update the stack, and to roll back."""
    writes = {Operation.CREATE, Operation.READ, Operation.UPDATE}
    for resource in stack.resources.values():
        if _may_go(resource):
            all_of = writes | {Operation.DELETE}
            yield from _of(resource, all_of, arns, "makes, reads, changes and deletes")
        else:
            yield from _of(resource, writes, arns, "makes, reads and changes")


def to_destroy(stack: Stack, arns: Arns) -> Iterator[Need]:
    """What CloudFormation needs to delete the stack."""
    for resource in stack.resources.values():
        if goes(resource):
            deletes = {Operation.READ, Operation.DELETE}
            yield from _of(resource, deletes, arns, "reads and deletes")


def goes(resource: Resource) -> bool:
    """Whether deleting the stack deletes the resource."""
    return _written(resource, "DeletionPolicy") == "Delete"


def _may_go(resource: Resource) -> bool:
    """Whether a deployment may delete it: it fails, takes it out, or replaces it.

    RetainExceptOnCreate deletes what a failed creation has made
    (AWSCloudFormation/aws-attribute-deletionpolicy).
    """
    policies = "DeletionPolicy", "UpdateReplacePolicy"
    return any(_written(resource, each) != "Retain" for each in policies)


def _written(resource: Resource, policy: str) -> str:
    """A policy of the resource; both of them are Delete for what has none."""
    body = resource.stack.template.resources[resource.logical_id]
    return str(body.get(policy, "Delete"))


def _of(resource: Resource, operations: set[Operation], arns: Arns, doing: str) -> Iterator[Need]:
    for call in row(resource.type).calls:
        if call.operations & operations and _is_made(call, resource):
            yield from _needs(call, resource, arns, doing)


def _is_made(call: Call, resource: Resource) -> bool:
    if not call.properties:
        return True
    has = {name for name, value in resource.properties.items() if not _is_empty(value)}
    policy = resource.stack.template.resources[resource.logical_id].get("UpdatePolicy")
    has |= set(policy) if isinstance(policy, dict) else set()
    return bool(call.properties & has)


def _is_empty(value: object) -> bool:
    return isinstance(value, Items | Fields) and not value


def _needs(call: Call, resource: Resource, arns: Arns, doing: str) -> Iterator[Need]:
    why = f"CloudFormation {doing} what the template has of {resource.type}"
    topic = resource.type.removeprefix("AWS::").replace("::", "")
    if call.action in _ROLE_ACTIONS and resource.type != "AWS::IAM::Role":
        for role, service in _roles(resource, arns):
            is_pass = call.action == "iam:PassRole"
            yield Need(
                action=call.action,
                resources=(role,),
                conditions=(("StringEquals", "iam:PassedToService", (service,)),)
                if is_pass
                else (),
                topic=f"PassTo{_title(service)}" if is_pass else topic,
                why=f"{resource.type} hands the role to {service}" if is_pass else why,
            )
        return
    if call.action.startswith("kms:") and resource.type != "AWS::KMS::Key":
        key = resource.properties.get("KmsKeyArn")
        named = arns.pattern(key) if isinstance(key, Text) else "*"
        via = arns.service("lambda")
        operator = "StringLike" if "*" in via else "StringEquals"
        yield Need(
            action=call.action,
            resources=on(call.action, (named,)),
            conditions=((operator, "kms:ViaService", (via,)),),
            topic="EncryptEnvironment",
            why="Lambda encrypts a function's environment with the key of whoever deploys it",
        )
        return
    yield Need(
        action=call.action,
        resources=on(call.action, arns.of(resource)),
        conditions=tuple(_bounded(call.action, resource, arns)),
        topic=topic,
        why=why,
    )


def _roles(resource: Resource, arns: Arns) -> Iterator[tuple[str, str]]:
    if resource.type not in _ROLE_OF:
        raise CicdgenError(f"it is not known which role {resource.type} hands on")
    name, service = _ROLE_OF[resource.type]
    value = resource.properties.get(name)
    given = [value]
    if isinstance(value, Items):
        given = [each.get("RoleArn") for each in value if isinstance(each, Fields)]
    for each in given:
        if isinstance(each, Text):
            yield arns.pattern(each), service


def _bounded(action: str, resource: Resource, arns: Arns) -> Iterator[Condition]:
    """Rights over roles are limited to roles with the boundary that the template gives them."""
    if not action.startswith("iam:"):
        return
    facts = action_facts(action)
    boundary = arns.boundary_of(resource)
    if boundary is not None and facts is not None and facts.knows(_BOUNDARY):
        operator = "StringLike" if "*" in boundary else "StringEquals"
        yield operator, _BOUNDARY, (boundary,)


def _title(service: str) -> str:
    return service.partition(".")[0].capitalize()
