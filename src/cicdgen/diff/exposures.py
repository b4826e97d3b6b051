"""What opens a resource without a statement: as policies, so that the evaluator can be asked.

A switch that keeps somebody out is a `Deny` that is not there when the switch is off. Where no
condition key of AWS's tells the request in question, a key of our own does, in plain words.

Sources: AmazonS3/access-control-block-public-access, lambda/urls-auth,
codebuild/create-project (privileged mode: a build then has the rights of its host's root).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.cloudformation import Fields, Text
from cicdgen.cloudformation.intrinsics import as_text
from cicdgen.cloudformation.text import ANY_RUN
from cicdgen.iam import Origin
from cicdgen.iam.parse import RESOURCE, read_document, read_json
from cicdgen.iam.policies import ResourcePolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.cloudformation.values import Json

GRANTED_BY = "cicdgen:GrantedBy"
POLICY_IS = "cicdgen:NewPolicyIs"
PRIVILEGED = "cicdgen:PrivilegedMode"

_PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"]


def exposures(stack: Stack, of: AbstractSet[str]) -> Iterator[ResourcePolicy]:
    """What resources of a stack keep out by other means than policies.

    Args:
        stack: the stack.
        of: the logical ids of the resources.
    """
    for bucket in _of_type(stack, "AWS::S3::Bucket", of):
        arn = bucket.arn.code
        yield _policy(bucket, "s3", [arn, f"{arn}/*"], list(_of_bucket(bucket)))
    for project in _of_type(stack, "AWS::CodeBuild::Project", of):
        environment = project.properties.get("Environment")
        if not (isinstance(environment, Fields) and _is_on(environment, "PrivilegedMode")):
            keeps = _statement("Deny", ["codebuild:StartBuild"], "Bool", PRIVILEGED, "true")
            yield _policy(project, "codebuild", [project.arn.code], [keeps])
    for function in _of_type(stack, "AWS::Lambda::Function", of):
        kinds = sorted(_url_kinds(function))
        keeps = _statement(
            "Deny",
            ["lambda:InvokeFunctionUrl"],
            "StringNotEquals",
            "lambda:FunctionUrlAuthType",
            kinds or ["there is no URL"],
        )
        arn = function.arn.code
        yield _policy(function, "lambda", [arn, f"{arn}:*"], [keeps])


def _of_type(stack: Stack, kind: str, of: AbstractSet[str]) -> Iterator[Resource]:
    return (each for each in stack.of_type(kind) if each.logical_id in of)


def _of_bucket(bucket: Resource) -> Iterator[Json]:
    block = bucket.properties.get("PublicAccessBlockConfiguration")
    blocks = block if isinstance(block, Fields) else Fields({}, {}, ())
    puts = ["s3:PutObject", "s3:PutObjectAcl", "s3:PutBucketAcl"]
    if not _has_no_acls(bucket):
        yield _statement("Allow", ["s3:GetObject"], "StringEquals", GRANTED_BY, "a public ACL")
    if _is_on(blocks, "BlockPublicAcls"):
        yield _statement("Deny", puts, "StringEquals", "s3:x-amz-acl", _PUBLIC_ACLS)
    if _is_on(blocks, "IgnorePublicAcls"):
        yield _statement("Deny", ["s3:*"], "StringEquals", GRANTED_BY, "a public ACL")
    if _is_on(blocks, "BlockPublicPolicy"):
        yield _statement("Deny", ["s3:PutBucketPolicy"], "StringEquals", POLICY_IS, "public")
    yield _statement("Allow", ["s3:GetObject"], "StringEquals", GRANTED_BY, "a public policy")
    if _is_on(blocks, "RestrictPublicBuckets"):
        yield _statement("Deny", ["s3:*"], "StringEquals", GRANTED_BY, "a public policy")


def _has_no_acls(bucket: Resource) -> bool:
    controls = bucket.properties.get("OwnershipControls")
    return "BucketOwnerEnforced" in repr(controls)


def _url_kinds(function: Resource) -> set[str]:
    """The ways in which the URLs of a function ask who calls."""
    own = {function.arn.code, function.ref.code, function.name.code}
    found = set()
    for url in function.stack.of_type("AWS::Lambda::Url"):
        target = as_text(url.properties.get("TargetFunctionArn"))
        if target is not None and (
            target.code in own or target.code.startswith(f"{function.arn.code}:")
        ):
            kind = as_text(url.properties.get("AuthType"))
            found.add(kind.code if kind else "")
    # What does not ask who calls lets in those too who would say so.
    return found | {"AWS_IAM"} if "NONE" in found else found


def _is_on(fields: Fields, name: str) -> bool:
    """Whether a switch is surely on."""
    value = as_text(fields.get(name))
    return value is not None and value.code.lower() == "true"


def _statement(
    effect: str, actions: list[str], operator: str, key: str, values: Json
) -> dict[str, Json]:
    return {
        "Effect": effect,
        "Principal": "*",
        "Action": actions,
        "Resource": "*",
        "Condition": {operator: {key: values}},
    }


def _policy(
    resource: Resource, service: str, covers: list[str], statements: list[Json]
) -> ResourcePolicy:
    origin = Origin(resource=resource.logical_id, path=("exposure", resource.logical_id))
    value = read_json({"Version": "2012-10-17", "Statement": statements}, origin.path)
    return ResourcePolicy(
        to=Text(resource.arn.code),
        document=read_document(value, origin, RESOURCE),
        service=service,
        covers=tuple(code.replace("*", ANY_RUN) for code in covers),
        certain=resource.exists is True,
        whole=False,
    )
