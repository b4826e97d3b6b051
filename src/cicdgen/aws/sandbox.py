"""What a rehearsal does in a sandbox: deploy a template, keep objects, release functions.

The credentials are those of the sandbox's environment, and nothing of the user's is looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLL = {"Delay": 0.05, "MaxAttempts": 600}
_SECONDS = 30
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
        session = _session(
            self.environment["AWS_ACCESS_KEY_ID"],
            self.environment["AWS_SECRET_ACCESS_KEY"],
            self.environment["AWS_REGION"],
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

    def decide(self, question: str) -> str:
        """What the sandbox's IAM decides: Allow, Deny or ImplicitDeny; empty if it cannot be asked.

        Args:
            question: who calls what, as JSON that the plug-in's `verdicts.py` reads it.
        """
        request = Request(  # noqa: S310 - loopback, by its own URL
            self.environment["AWS_ENDPOINT_URL"],
            data=question.encode(),
            headers={"X-Amz-Target": "Verdicts.Decide"},
        )
        # A proxy of the environment would be asked for loopback too.
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                return str(json.load(answer)["decision"])
        except HTTPError as error:
            if json.load(error).get("__type") == "NoSuchEntity":
                return ""
            raise

    @staticmethod
    def code(error: Exception) -> str:
        """The code of an answer of the sandbox's that is a refusal; empty for any other error."""
        response = getattr(error, "response", {})
        return str(response.get("Error", {}).get("Code", ""))


@cache
def _session(key: str, secret: str, region: str) -> Any:  # noqa: ANN401 - as above
    """One session for every sandbox: it has read the models of the services."""
    import boto3  # noqa: PLC0415 - see the package

    return boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name=region)
