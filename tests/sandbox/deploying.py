"""A change set, made and executed with real boto3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

ROOT = Path(__file__).parents[2]
POLL = {"Delay": 0.05, "MaxAttempts": 400}


def sample(env: str) -> dict[str, Any]:
    """The template of the sample's environment."""
    template: dict[str, Any] = json.loads((ROOT / "templates" / f"{env}.json").read_bytes())
    return template


def deploy(client: Client, stack: str, template: dict[str, Any], kind: str = "CREATE") -> None:
    """Deploy it, whatever its size: the body lies in a bucket, as over 51,200 bytes it has to."""
    files = client("s3")
    files.create_bucket(Bucket="templates")
    files.put_object(Bucket="templates", Key=stack, Body=json.dumps(template))
    cloudformation = client("cloudformation")
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=kind.lower(),
        ChangeSetType=kind,
        TemplateURL=f"{files.meta.endpoint_url}/templates/{stack}",
        Capabilities=["CAPABILITY_IAM"],
    )
    names = {"StackName": stack, "ChangeSetName": kind.lower()}
    cloudformation.get_waiter("change_set_create_complete").wait(**names, WaiterConfig=POLL)
    cloudformation.execute_change_set(**names)
    ended = cloudformation.get_waiter(f"stack_{kind.lower()}_complete")
    ended.wait(StackName=stack, WaiterConfig=POLL)
