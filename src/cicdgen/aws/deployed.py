"""The template and the parameters that a stack has now."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicdgen.aws.access import client
from cicdgen.aws.failing import about

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.aws.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What a stack was last given.

    Attributes:
        text: its template as it was sent, JSON or YAML; empty if there is no stack.
        parameters: the values of its parameters; those that AWS hides are left out.
    """

    text: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def deployed(stack: str, access: Access) -> Deployed:
    """What a stack was last given; nothing, if there is no stack of that name.

    Source: AWSCloudFormation/API_GetTemplate, API_DescribeStacks. A stack in REVIEW_IN_PROGRESS was
    never given anything.

    Args:
        stack: the name of the stack.
        access: how AWS is reached.

    Raises:
        AwsError: AWS does not answer, or refuses.
        UsageError: there is no such profile, or no region is known.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see the package

    cloudformation = client("cloudformation", access)
    try:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if described["StackStatus"] == "REVIEW_IN_PROGRESS":
            return Deployed()
        body: Any = cloudformation.get_template(StackName=stack, TemplateStage="Original")
    except (ClientError, BotoCoreError) as error:
        if _is_missing(error):
            return Deployed()
        with about(f"stack {stack}"):
            raise
    template = body["TemplateBody"]
    return Deployed(
        # botocore reads JSON templates into objects.
        text=template if isinstance(template, str) else json.dumps(template),
        parameters={
            each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue", ""))
            for each in described.get("Parameters", [])
            if set(each.get("ParameterValue", "")) != {"*"}
        },
    )


def _is_missing(error: Any) -> bool:  # noqa: ANN401 - botocore has no types of its own
    """CloudFormation says of a stack that is not there that the request is not valid."""
    details = getattr(error, "response", {}).get("Error", {})
    return details.get("Code") == "ValidationError" and "does not exist" in details.get(
        "Message", ""
    )
