"""The page reads from top to bottom: nothing refers to what stands below it."""

from __future__ import annotations

import pytest
from tests.reading import Template, references

PSEUDO = "AWS::"


def test_references_point_up_the_page(prod: Template) -> None:
    """Every Ref, GetAtt, Sub and DependsOn names a resource that was defined before."""
    defined: set[str] = set()
    wrong = []
    for logical_id, resource in prod.resources.items():
        depends_on = resource.get("DependsOn", [])
        named = {depends_on} if isinstance(depends_on, str) else set(depends_on)
        named |= set(references(resource["Properties"]))
        wrong += [
            (logical_id, target)
            for target in named
            if not target.startswith(PSEUDO) and target not in defined
        ]
        defined.add(logical_id)

    assert wrong == []


def test_logical_ids_are_a_contract(prod: Template) -> None:
    """Renaming a logical id replaces the resource in every account: this list changes knowingly."""
    assert sorted(prod.resources) == sorted(LOGICAL_IDS.split())


@pytest.mark.parametrize("logical_id", ["LambdaKey", "S3Key", "SnsKey", "BootstrapVersion"])
def test_what_must_outlive_the_stack_is_retained(prod: Template, logical_id: str) -> None:
    """Deleting or replacing keys and published versions leaves them in the account."""
    resource = prod.resources[logical_id]

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


LOGICAL_IDS = """
FunctionRole
HookRole
DeployerRole
BuildRole
TestRole
PipelineRole
ReleaseRole
TriggerRole
LambdaKey
S3Key
SnsKey
LogPolicy
TracePolicy
LogBucket
LogBucketPolicy
SourceBucket
SourceBucketPolicy
ArtifactBucket
ArtifactBucketPolicy
Notices
NoticesPolicy
Notices1f9d1257
FunctionLog
DeadLetters
DeadLettersPolicy
FunctionPolicy
Function
BootstrapVersion
LiveAlias
RollbackAlarm
FunctionErrors
FunctionThrottles
FunctionDuration
DeadLettersWaiting
BuildLog
BuildPolicy
BuildProject
TestLog
TestPolicy
TestProject
HookLog
HookPolicy
Hook
ReleasePolicy
Application
DeploymentGroup
DeployerLog
DeployerPolicy
Deployer
DeployerOnce
DeployerErrors
PipelinePolicy
Pipeline
TriggerPolicy
Undelivered
SourceRule
UndeliveredPolicy
UndeliveredWaiting
FailureRule
PipelineFailed
BuildFailed
TestFailed
"""
