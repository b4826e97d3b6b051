"""Which capabilities a template needs, so that nobody has to know them by heart.

Source: AWSCloudFormation/latest/APIReference/API_CreateChangeSet, Capabilities.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation.values import Json

_IAM = frozenset(
    f"AWS::IAM::{name}"
    for name in (
        "AccessKey",
        "Group",
        "InstanceProfile",
        "ManagedPolicy",
        "Policy",
        "Role",
        "User",
        "UserToGroupAddition",
    )
)
_NAMES = ("GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName")
_NAMED = frozenset(_IAM - {"AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"})


def needed(document: Mapping[str, Json]) -> tuple[str, ...]:
    """The capabilities that CloudFormation wants acknowledged, by what the template says."""
    resources = list((document.get("Resources") or {}).values())
    found = []
    iam = [each for each in resources if each.get("Type") in _IAM]
    if any(
        name in (each.get("Properties") or {})
        for each in iam
        if each["Type"] in _NAMED
        for name in _NAMES
    ):
        found.append("CAPABILITY_NAMED_IAM")
    elif iam:
        found.append("CAPABILITY_IAM")
    nested = any(each.get("Type") == "AWS::CloudFormation::Stack" for each in resources)
    if nested and "CAPABILITY_NAMED_IAM" not in found:
        # What the nested template holds is not known here.
        found = ["CAPABILITY_NAMED_IAM"]
    if nested or document.get("Transform") or '"Fn::Transform"' in json.dumps(resources):
        found.append("CAPABILITY_AUTO_EXPAND")
    return tuple(found)
