"""Release a build: publish its code and have CodeDeploy move the alias; nothing here moves it.

Until CodeDeploy is done each answer carries its deployment's id, and CodePipeline asks again.
The event holds credentials and is never logged (codepipeline/action-reference-Lambda).
"""

import base64
import io
import json
import time
import zipfile
from contextlib import suppress
from os import environ
from typing import Any

import boto3
from botocore.config import Config

Fields = dict[str, Any]

NAME, ALIAS, HOOK = (environ[key] for key in ("FUNCTION_NAME", "ALIAS", "HOOK"))
FUNCTION = {"FunctionName": NAME}
APPLICATION, GROUP = environ["APPLICATION"], environ["DEPLOYMENT_GROUP"]
WHERE = {"applicationName": APPLICATION, "deploymentGroupName": GROUP}
# Lambda ends us after 300 s, and then nobody answers the job.
CALLS = Config(connect_timeout=5, retries={"mode": "standard"})
WAIT = {"Delay": 2, "MaxAttempts": 40}
CODEDEPLOY, CODEPIPELINE, LAMBDA, S3 = (
    boto3.client(name, config=CALLS) for name in ("codedeploy", "codepipeline", "lambda", "s3")
)


def handler(event: Fields, _context: object) -> None:
    """Answer a job once. What fails is reported, not raised: Lambda would try again."""
    job, data = event["CodePipeline.job"]["id"], event["CodePipeline.job"]["data"]
    try:
        found = find(job, data.get("continuationToken"))
        answer = progress(found) if found else release(job, data)
        CODEPIPELINE.put_job_success_result(jobId=job, **answer)
        log(job, "answered", **answer)
    except CODEPIPELINE.exceptions.InvalidJobStateException:
        log(job, "answered before")
    except Exception as error:
        details = failure(error)
        log(job, "failed", **details)
        CODEPIPELINE.put_job_failure_result(jobId=job, failureDetails=details)


def find(job: str, token: str | None = None) -> Fields | None:
    """Find the job's deployment, if need be by the job: tokens get lost, events come twice."""
    errors = CODEDEPLOY.exceptions
    with suppress(errors.DeploymentDoesNotExistException, errors.InvalidDeploymentIdException):
        if token:
            return Fields(CODEDEPLOY.get_deployment(deploymentId=token)["deploymentInfo"])
    # No job lives longer than a day.
    day = {"start": time.time() - 86400}
    pages = CODEDEPLOY.get_paginator("list_deployments").paginate(**WHERE, createTimeRange=day)
    ids = [one for page in pages for one in page["deployments"]]
    # One call takes 25 at the most.
    for first in range(0, len(ids), 25):
        batch = CODEDEPLOY.batch_get_deployments(deploymentIds=ids[first : first + 25])
        for info in batch["deploymentsInfo"]:
            # A rollback may bear the description of what it undoes.
            if job in info.get("description", "") and info["creator"] != "codeDeployRollback":
                return Fields(info)
    return None


def progress(info: Fields) -> Fields:
    """Say how a deployment fares."""
    deployment, status = info["deploymentId"], info["status"]
    if status in {"Created", "Queued", "InProgress", "Baking", "Ready"}:
        return {"continuationToken": deployment}
    if status == "Succeeded":
        return outputs(deployment, json.loads(info["description"])["target"])
    why = {key: info.get(key) for key in ("errorInformation", "rollbackInfo")}
    raise RuntimeError(f"{deployment} {status}: {json.dumps(why)}")


def release(job: str, data: Fields) -> Fields:
    """Publish the build and deploy it, unless its version serves already."""
    try:
        place = data["inputArtifacts"][0]["location"]["s3Location"]
        build = manifest(place["bucketName"], place["objectKey"])
        current = serving()
        target = publish(build)
        log(job, "published", source=build["source"], current=current, target=target)
        if target == current:
            return outputs("none", target)
        return {"continuationToken": deploy(job, current, target)}
    except Exception:
        # The event may have come twice, and the other delivery be ahead of this one.
        if found := find(job):
            return progress(found)
        raise


def manifest(bucket: str, key: str) -> dict[str, str]:
    """Read which code was built: it must lie in the artifact's bucket, named by its digest."""
    body = S3.get_object(Bucket=bucket, Key=key)["Body"].read()
    build: dict[str, str] = json.loads(zipfile.ZipFile(io.BytesIO(body)).read("manifest.json"))
    expected = ("cicdgen.release/1", bucket, f"releases/{build['sha256']}.zip")
    if (build["format"], build["bucket"], build["key"]) != expected:
        raise ValueError(f"manifest in {key} refused: {build}")
    return build


def serving() -> str:
    """Return the version behind the alias, which must stand still."""
    alias = LAMBDA.get_alias(**FUNCTION, Name=ALIAS)
    if alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        raise RuntimeError("another deployment is moving the alias")
    return str(alias["FunctionVersion"])


def publish(build: dict[str, str]) -> str:
    """Make the build a version: the last one again if code and configuration are the same."""
    sha256 = base64.b64encode(bytes.fromhex(build["sha256"])).decode()
    code = {"S3Bucket": build["bucket"], "S3Key": build["key"], "S3ObjectVersion": build["version"]}
    updated = LAMBDA.update_function_code(**FUNCTION, **code, Publish=False)
    LAMBDA.get_waiter("function_updated_v2").wait(**FUNCTION, WaiterConfig=WAIT)
    if updated["CodeSha256"] != sha256:
        raise RuntimeError(f"{build['key']} is other code: {updated['CodeSha256']}")
    version = str(LAMBDA.publish_version(**FUNCTION, CodeSha256=sha256)["Version"])
    active = LAMBDA.get_waiter("function_active_v2")
    active.wait(**FUNCTION, Qualifier=version, WaiterConfig=WAIT)
    return version


def deploy(job: str, current: str, target: str) -> str:
    """Start the deployment. Its description tells us whose it is, and the hook what to try."""
    move = {"Name": NAME, "Alias": ALIAS, "CurrentVersion": current, "TargetVersion": target}
    resource = {"Type": "AWS::Lambda::Function", "Properties": move}
    hooks = {"Hooks": [{"BeforeAllowTraffic": HOOK}]} if HOOK else {}
    content = json.dumps({"version": 0.0, "Resources": [{"function": resource}], **hooks})
    created = CODEDEPLOY.create_deployment(
        **WHERE,
        description=json.dumps({"job": job, "target": target}),
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
    )
    return str(created["deploymentId"])


def outputs(deployment: str, version: str) -> Fields:
    """Name the action's output variables."""
    return {"outputVariables": {"DeploymentId": deployment, "FunctionVersion": version}}


def failure(error: Exception) -> dict[str, str]:
    """Put an error in CodePipeline's terms."""
    response = getattr(error, "response", None) or getattr(error, "last_response", {})
    kind = "JobFailed"
    if "AccessDenied" in response.get("Error", {}).get("Code", ""):
        kind = "PermissionError"
    elif isinstance(error, (LookupError, TypeError, ValueError, zipfile.BadZipFile)):
        kind = "ConfigurationError"
    return {"type": kind, "message": f"{type(error).__name__}: {error}"[:5000]}


def log(job: str, step: str, **facts: object) -> None:
    """Write one JSON line."""
    print(json.dumps({"job": job, "step": step, **facts}))
