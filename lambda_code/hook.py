"""Try a version before it serves anyone: CodeDeploy's BeforeAllowTraffic hook.

What the function answers may be personal data: only the type of an error is logged.
"""

import json
from os import environ
from typing import Any

import boto3
from botocore.config import Config

CODEDEPLOY = boto3.client("codedeploy")


def handler(event: dict[str, str], context: Any) -> None:
    """Tell CodeDeploy whether the version may serve; untold, it waits for an hour."""
    deployment = event["DeploymentId"]
    try:
        # The trial ends in time for the verdict.
        passed = passes(deployment, context.get_remaining_time_in_millis() / 1000 - 15)
    except Exception as error:
        log(deployment, "error", error=f"{type(error).__name__}: {error}")
        passed = False
    CODEDEPLOY.put_lifecycle_event_hook_execution_status(
        deploymentId=deployment,
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded" if passed else "Failed",
    )


def passes(deployment: str, seconds: float) -> bool:
    """Invoke the version under test; a rollback passes untried, for nothing may hold it up."""
    info = CODEDEPLOY.get_deployment(deploymentId=deployment)["deploymentInfo"]
    if info.get("creator") == "codeDeployRollback":
        log(deployment, "rollback")
        return True
    # botocore would call a slow function again, which may have acted.
    once = Config(read_timeout=seconds, retries={"total_max_attempts": 1})
    version = version_under_test(info)
    answer = boto3.client("lambda", config=once).invoke(
        FunctionName=environ["FUNCTION_NAME"], Qualifier=version, Payload=environ["SMOKE_EVENT"]
    )
    error = answer.get("FunctionError")
    kind = json.loads(answer["Payload"].read()).get("errorType") if error else None
    log(deployment, "tried", version=version, functionError=error, errorType=kind)
    return error is None and answer["StatusCode"] == 200


def version_under_test(info: dict[str, Any]) -> str:
    """Read the version that our deployer noted, for GetDeployment returns no AppSpec."""
    try:
        return str(json.loads(info["description"])["target"])
    except (KeyError, TypeError, ValueError) as error:
        raise LookupError("the description of the deployment names no version") from error


def log(deployment: str, step: str, **facts: str | None) -> None:
    """Write one JSON line."""
    print(json.dumps({"deployment": deployment, "step": step, **facts}))
