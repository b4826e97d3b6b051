"""The ARNs in policies have the parts that their service's ARNs have.

An ARN with an empty account or region where the service has one matches nothing, and the policy
reads as if it allowed something. It happens where the account is cut out of a bucket's ARN, which
has none (failures 2, 7). Source: IAM/reference-arns, service-authorization/reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import identity_statements, resource_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack, Text
    from cicdgen.iam import Statement

NAME = "arn-shape"
_PARTS = 6
_ACCOUNT = re.compile(r"\d{12}")
_REGIONAL = frozenset(
    {
        "cloudformation",
        "cloudwatch",
        "codebuild",
        "codecommit",
        "codedeploy",
        "codepipeline",
        "dynamodb",
        "ecr",
        "events",
        "firehose",
        "kinesis",
        "kms",
        "lambda",
        "logs",
        "secretsmanager",
        "sns",
        "sqs",
        "ssm",
        "states",
    }
)
"""Services whose ARNs have a region and an account; a dashboard of CloudWatch has no region."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the resources of every statement."""
    for statement in (*identity_statements(stack), *resource_statements(stack)):
        if statement.resources is not None:
            pairs = zip(statement.resources.patterns, statement.resources.paths, strict=True)
            for pattern, path in pairs:
                yield from _shaped(pattern.source, path, statement)


def _shaped(arn: Text, path: Path, statement: Statement) -> Iterator[Remark]:
    parts = arn.code.split(":", _PARTS - 1)
    if parts[0] != "arn" or len(parts) < _PARTS:
        return
    service, region, account, rest = parts[2:]
    wrong = _wrong(service, region, account, rest)
    if wrong:
        yield Flaw(
            check=NAME,
            path=path,
            message=f"{arn} matches nothing: {wrong}",
            fix="spell it with ${AWS::Region} and ${AWS::AccountId}, or take the resource's own Arn"
            if service != "s3"
            else "write arn:${AWS::Partition}:s3:::bucket/key",
            source="IAM/reference-arns",
        )
    elif _ACCOUNT.fullmatch(account) and service != "iam" and statement.grantees is None:
        because = f"{arn} is in account {account}, wherever the stack is created"
        yield Doubt(check=NAME, path=path, because=because)


def _wrong(service: str, region: str, account: str, rest: str) -> str:
    if service in _REGIONAL:
        lacks = [] if region or rest.startswith("dashboard/") else ["region"]
        lacks += [] if account or _is_of_aws(service, rest) else ["account"]
        return (
            f"an ARN of {service} has a region and an account, and this one has no "
            + (" and no ".join(lacks))
            if lacks
            else ""
        )
    if service == "s3" and (region or account) and not rest.startswith(("accesspoint", "*")):
        if {region, account} <= {"", "*"}:
            return ""
        return "the ARN of a bucket or an object has no region and no account"
    if service == "iam" and not account and not rest.startswith("*"):
        return "an ARN of iam has an account, and this one has none"
    return ""


def _is_of_aws(service: str, rest: str) -> bool:
    """Whether it is a document or a parameter of AWS's own: their ARNs have no account.

    Source: systems-manager/parameter-store-public-parameters,
    systems-manager/automation-setup-iam.
    """
    owned = ("automation-definition/AWS", "document/AWS", "parameter/aws/", "patchbaseline/pb-")
    return service == "ssm" and rest.startswith(owned)
