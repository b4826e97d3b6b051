"""What a rehearsal does in a sandbox: deploy a template, keep objects, release functions.

The credentials are those of the sandbox's environment, and nothing of the user's is looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLL = {"Delay": 0.05, "MaxAttempts": 600}
_TEMPLATES = "cicdgen-rehearsal-templates"


@dataclass(frozen=True)
class Clients:
    """Clients of a sandbox.

    Attributes:
        environment: its environment variables.
    """

    environment: Mapping[str, str]

    def of(self, service: str) -> Any:  # noqa: ANN401 - boto3 has no types of its own
        """The client of a service."""
        import boto3  # noqa: PLC0415 - see the package

        session = boto3.Session(
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            region_name=self.environment["AWS_REGION"],
        )
        return session.client(service, endpoint_url=self.environment["AWS_ENDPOINT_URL"])

    def deploy(self, stack: str, template: Mapping[str, Any]) -> dict[str, str]:
        """Deploy a template; return the physical ids by logical id.

        Raises:
            AwsError: the stack is not created.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        files, formation = self.of("s3"), self.of("cloudformation")
        try:
            files.create_bucket(
                Bucket=_TEMPLATES,
                **(
                    {}
                    if files.meta.region_name == "us-east-1"
                    else {
                        "CreateBucketConfiguration": {"LocationConstraint": files.meta.region_name}
                    }
                ),
            )
            files.put_object(Bucket=_TEMPLATES, Key=stack, Body=json.dumps(template))
            formation.create_stack(
                StackName=stack,
                TemplateURL=f"{files.meta.endpoint_url}/{_TEMPLATES}/{stack}",
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
            waiter = formation.get_waiter("stack_create_complete")
            waiter.wait(StackName=stack, WaiterConfig=_POLL)
            listed = formation.describe_stack_resources(StackName=stack)["StackResources"]
        except (BotoCoreError, ClientError) as error:
            raise AwsError(
                f"the sandbox does not take the template: {error}",
                hint="rehearse without --sandbox",
            ) from error
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}

    def refusal(self, error: Exception) -> bool:
        """Whether an error is the sandbox's answer that there is no such thing."""
        response = getattr(error, "response", {})
        return response.get("Error", {}).get("Code") in {"NoSuchKey", "NoSuchVersion", "404"}
