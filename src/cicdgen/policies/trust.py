"""Who may assume a role. A condition stands where AWS documents that the service sends its key.

Documented: CodeBuild (codebuild/setting-up-service-role), CodeDeploy
(codedeploy/security_confused_deputy), EventBridge
(eventbridge/cross-service-confused-deputy-prevention). Not documented for CodePipeline's service
role nor for Lambda's execution role: a condition there could lock the service out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs.aws import Allow, ArnLike, Condition, PolicyDocument, Principal, Statement, StringEquals
from awacs.sts import AssumeRole

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def trust(service: str) -> PolicyDocument:
    """The service may assume the role, whatever it acts for."""
    return PolicyDocument(Version="2012-10-17", Statement=[_assume(service)])


def trust_for(service: str, *, source: Arn, account: Arn) -> PolicyDocument:
    """The service may assume the role for this resource alone, and no other customer's."""
    statement = _assume(service)
    statement.Condition = Condition(
        [ArnLike("aws:SourceArn", source), StringEquals("aws:SourceAccount", account)]
    )
    return PolicyDocument(Version="2012-10-17", Statement=[statement])


def _assume(service: str) -> Statement:
    return Statement(
        Effect=Allow,
        Action=[AssumeRole],
        Principal=Principal("Service", f"{service}.amazonaws.com"),
    )
