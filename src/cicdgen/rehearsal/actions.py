"""What an action of a pipeline does, by its provider. One that is not in the table is an error.

| rests on | behaviour |
| --- | --- |
| codepipeline/action-reference-S3 | the source is the version that started the run, or the newest |
| codepipeline/action-reference-CodeBuild | a build is started, and followed to its end |
| codepipeline/action-reference-CodeDeploy | the artifact is registered as a zip |
| codepipeline/action-reference-LambdaDeploy | a function is deployed (in `lambda_deploy`) |
| aws-codedeploy-plugin issue 89 | an application of Lambda's platform refuses a zip |
| codepipeline/approvals | a topic is told, and somebody answers |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.release import APPLICATION
from cicdgen.rehearsal import bucket_deploy
from cicdgen.rehearsal.repositories import KINDS
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.timeline import Approval
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.codebuild import CodeBuild
    from cicdgen.rehearsal.jobs import Jobs
    from cicdgen.rehearsal.lambda_deploy import LambdaDeploy
    from cicdgen.rehearsal.notices import Notices
    from cicdgen.rehearsal.repositories import Repositories
    from cicdgen.rehearsal.turn import Turn

_MINUTE = 60.0


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What actions reach: other services, and who approves."""

    codebuild: CodeBuild
    jobs: Jobs
    functions: LambdaDeploy
    repositories: Repositories
    notices: Notices
    approves: bool


def act(turn: Turn, parts: Parts) -> Process:
    """Let an action do what its provider does."""
    return PROVIDERS[turn.action.kind](turn, parts)


def _source(turn: Turn, _parts: Parts) -> Process:
    run, s3, page = turn.run, turn.s3, "codepipeline/action-reference-S3"
    bucket, key = turn.setting("S3Bucket"), turn.setting("S3ObjectKey")
    named = run.names.read(bucket)
    found = run.site.find(named, "AWS::S3::Bucket")
    yield 2.0
    arn = run.site.bucket_arn(named) if found is None else found.arn
    run.call(turn.role, "s3:GetBucketVersioning", arn, page)
    if found and Place.of(found).at("VersioningConfiguration", "Status").known != "Enabled":
        raise FailedError(f"{found.logical_id} keeps no versions, which an S3 source needs")
    newest = s3.newest(bucket, key)
    version = turn.revisions.get(turn.action.name) or newest
    held = s3.read(turn.role, bucket, key, version, page)
    for name in map(str, turn.action.outputs):
        turn.keep(turn.role, name, held.body, "codepipeline/how-to-custom-role")
    turn.variables.update({"BucketName": bucket, "ObjectKey": key, "VersionId": held.version})


def _commit(turn: Turn, parts: Parts) -> Process:
    return parts.repositories.fetch(turn)


def _build(turn: Turn, parts: Parts) -> Process:
    return parts.codebuild.build(turn)


def _invoke(turn: Turn, parts: Parts) -> Process:
    return parts.jobs.invoke(turn)


def _deploy_function(turn: Turn, parts: Parts) -> Process:
    return parts.functions.deploy(turn)


def _deploy_files(turn: Turn, _parts: Parts) -> Process:
    return bucket_deploy.deploy(turn)


def _approve(turn: Turn, parts: Parts) -> Process:
    run = turn.run
    topic = turn.action.setting("NotificationArn")
    if isinstance(topic, Text):
        parts.notices.publish(
            turn.role,
            topic,
            about=f"approval needed: {turn.stage}, {turn.action.name}",
            by=turn.action.name,
            source="codepipeline/approvals-iam-permissions",
        )
    yield _MINUTE
    approved = parts.approves
    run.tell(Approval(at=run.now, stage=turn.stage, action=turn.action.name, approved=approved))
    if not approved:
        raise FailedError("it was rejected")


def _codedeploy(turn: Turn, _parts: Parts) -> Process:
    """CodeDeploy's own provider deploys to instances: it registers the artifact as a zip."""
    yield 2.0
    site = turn.run.site
    name = turn.settings.get("ApplicationName")
    if name is None:
        raise FailedError(
            "the provider CodeDeploy needs an ApplicationName; it deploys to servers only, and no"
            " Lambda function: BundleType must be either YAML or JSON"
        )
    named = turn.run.names.read(name)
    application = site.find(named, APPLICATION)
    on = None if application is None else Place.of(application).at("ComputePlatform").known
    if on == "Lambda":
        raise FailedError(
            "InvalidRevisionException: BundleType must be either YAML or JSON: the action registers"
            f" its artifact, a zip, and {named} deploys to Lambda; invoke a function instead that"
            " calls CreateDeployment"
        )
    raise UnmodelledError(f"a deployment to {on or 'servers'} by the action {turn.action.name}")


PROVIDERS: Mapping[str, Callable[[Turn, Parts], Process]] = {
    "Approval/AWS/Manual": _approve,
    "Build/AWS/CodeBuild": _build,
    "Deploy/AWS/CodeDeploy": _codedeploy,
    "Deploy/AWS/Lambda": _deploy_function,
    "Deploy/AWS/S3": _deploy_files,
    "Invoke/AWS/Lambda": _invoke,
    "Source/AWS/S3": _source,
    **dict.fromkeys(KINDS, _commit),
    "Test/AWS/CodeBuild": _build,
}
"""What the actions of a provider do, by category, owner and provider."""
