"""A new source: it is put where the pipeline looks for it, and who starts the pipeline then.

| rests on | behaviour |
| --- | --- |
| AmazonS3/ev-events | what S3 tells EventBridge, if the bucket says so |
| codecommit/monitoring-events | what CodeCommit tells EventBridge of a push |
| codepipeline/PollForSourceChanges-defaults | polling is the default, and starts it once more |
| codepipeline/action-reference-CodestarConnectionSource | DetectChanges is the default |
| codepipeline/appendix-github-oauth | a webhook starts a pipeline with a GitHub source |

Assumed: a poll comes `POLL` seconds after the change. Where a pipeline has several sources, the
first one changes, and the others hold the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.repositories import KINDS, place_of
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.timeline import RuleTried, Uploaded
from cicdgen.rehearsal.triggers import has_triggers, is_started_by_push

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.proof.hops.pipelines import Action, Pipeline
    from cicdgen.rehearsal.events import Events
    from cicdgen.rehearsal.repositories import Commit, Repositories
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3, Put
    from cicdgen.rehearsal.source import Source

POLL = 60.0
_S3 = "Source/AWS/S3"
_WEBHOOK = "AWS::CodePipeline::Webhook"


@dataclass(eq=False, kw_only=True)
class Arrivals:
    """Where sources arrive.

    Attributes:
        begin: starts the pipeline without anybody's asking, after some seconds.
    """

    run: Run
    s3: S3
    events: Events
    repositories: Repositories
    begin: Callable[[Pipeline, float], None]

    def arrive(self, pipeline: Pipeline, source: Source) -> None:
        """Put a source to where the pipeline looks for it, as somebody with every right.

        Raises:
            DeniedError: not even they may.
        """
        telling: list[Callable[[], None]] = []
        for action in pipeline.actions:
            if action.kind == _S3:
                telling.append(self._upload(pipeline, action, source.body))
            elif action.kind in KINDS:
                telling.append(self._push(pipeline, action, source.body))
        for tell in telling[:1]:
            tell()

    def _upload(self, pipeline: Pipeline, action: Action, body: bytes) -> Callable[[], None]:
        run = self.run
        bucket, key = action.setting("S3Bucket"), action.setting("S3ObjectKey")
        if not isinstance(bucket, Text) or not isinstance(key, Text):
            raise UnmodelledError(f"which object {action.name} reads")
        put = self.s3.write(run.person, run.names.of(bucket), run.names.of(key), body)
        run.tell(Uploaded(at=run.now, bucket=put.bucket, key=put.key, version=put.version))

        def tell() -> None:
            polls = self._poll(pipeline, action)
            if not polls:
                self._refuse_trails()
            if not self.s3.tells_events(put.bucket):
                if not polls:
                    run.remark("upload", f"{put.bucket} does not tell EventBridge of its objects")
                return
            about = "" if polls else f"the upload of {put.key} to {put.bucket}"
            self._tell("aws.s3", "Object Created", _created(put, str(run.site.account)), (), about)

        return tell

    def _push(self, pipeline: Pipeline, action: Action, body: bytes) -> Callable[[], None]:
        run = self.run
        repository, branch = place_of(run, action)
        commit = self.repositories.push(action, body)
        run.tell(Uploaded(at=run.now, bucket=repository, key=branch, version=commit.id))

        def tell() -> None:
            match action.kind:
                case "Source/AWS/CodeCommit":
                    self._tell_of_push(pipeline, action, commit)
                case "Source/AWS/CodeStarSourceConnection":
                    self._detect(pipeline, action)
                case _:
                    self._hook(pipeline, action)

        return tell

    def _tell_of_push(self, pipeline: Pipeline, action: Action, commit: Commit) -> None:
        run = self.run
        repository, branch = place_of(run, action)
        polls = self._poll(pipeline, action)
        arn = run.names.of(run.site.arn("codecommit", run.names.read(repository)))
        about = "" if polls else f"the push to {branch} of {repository}"
        kind = "CodeCommit Repository State Change"
        detail = _pushed(repository, branch, commit)
        self._tell("aws.codecommit", kind, detail, (arn,), about)

    def _detect(self, pipeline: Pipeline, action: Action) -> None:
        if has_triggers(pipeline.resource):
            _, branch = place_of(self.run, action)
            if is_started_by_push(pipeline.resource, action.name, branch):
                self.begin(pipeline, 1.0)
            else:
                self.run.remark("push", f"no trigger is for a push to {branch}, of {action.name}")
            return
        if _is_off(action, "DetectChanges"):
            self.run.remark("push", f"nobody starts the pipeline: DetectChanges of {action.name}")
            return
        self.begin(pipeline, 1.0)

    def _hook(self, pipeline: Pipeline, action: Action) -> None:
        polls = self._poll(pipeline, action)
        for hook in self.run.site.every(_WEBHOOK):
            place = Place.of(hook)
            target = place.at("TargetPipeline").text
            if place.at("TargetAction").known != action.name or target is None:
                continue
            if target.equals(pipeline.resource.name) is True:
                self.begin(pipeline, 1.0)
                return
        if not polls:
            self.run.remark("push", f"nobody starts the pipeline: {action.name} has no webhook")

    def _poll(self, pipeline: Pipeline, action: Action) -> bool:
        """Whether the pipeline looks for changes itself; then it is going to start."""
        if _is_off(action, "PollForSourceChanges"):
            return False
        self.run.log("CodePipeline", f"{action.name} polls its source")
        self.begin(pipeline, POLL)
        return True

    def _refuse_trails(self) -> None:
        """Refuse a rule that waits for CloudTrail: whether it records the upload is not known."""
        for rule in self.run.site.every("AWS::Events::Rule"):
            pattern = Place.of(rule).at("EventPattern")
            told = {each.known for each in pattern.at("source").members()}
            kinds = {each.known for each in pattern.at("detail-type").members()}
            if "aws.s3" in told and "AWS API Call via CloudTrail" in kinds:
                raise UnmodelledError(f"{rule.logical_id} waits for what CloudTrail records")

    def _tell(
        self, source: str, kind: str, detail: dict[str, object], arns: tuple[str, ...], about: str
    ) -> None:
        run, tried = self.run, len(self.run.events)
        self.events.emit(source, kind, detail, *arns)
        if about and not any(isinstance(e, RuleTried) and e.matched for e in run.events[tried:]):
            run.remark("upload", f"no rule matches {about}")


def _is_off(action: Action, setting: str) -> bool:
    given = action.setting(setting)
    return given is False or (isinstance(given, Text) and (given.known or "").lower() == "false")


def _created(put: Put, account: str) -> dict[str, object]:
    return {
        "version": "0",
        "bucket": {"name": put.bucket},
        "object": {
            "key": put.key,
            "size": put.size,
            "etag": put.etag,
            "version-id": put.version,
            "sequencer": "0062E99A88DC407460",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": account,
        "source-ip-address": "192.0.2.1",
        "reason": "PutObject",
    }


def _pushed(repository: str, branch: str, commit: Commit) -> dict[str, object]:
    return {
        "event": "referenceUpdated",
        "repositoryName": repository,
        "repositoryId": "12345678-1234-5678-abcd-12345678abcd",
        "referenceType": "branch",
        "referenceName": branch,
        "referenceFullName": f"refs/heads/{branch}",
        "commitId": commit.id,
        "oldCommitId": "0" * 40,
        "callerUserArn": "arn:aws:iam::111122223333:user/somebody",
    }
