"""What starts the pipeline, pinned to the uploaded version, and what is left when it cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.events import DeadLetterConfig, InputTransformer, RetryPolicy, Rule, Target
from troposphere.sqs import Queue, QueuePolicy

from cicdgen import arns
from cicdgen.names import SOURCE_ACTION
from cicdgen.policies import queue as queue_policies
from cicdgen.policies import trigger as trigger_policies
from cicdgen.resources.alarms import alarm
from cicdgen.resources.part import Guard, Part, Permissions

if TYPE_CHECKING:
    from troposphere.cloudwatch import Alarm

    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.notices import Notices
    from cicdgen.resources.pipeline import ReleasePipeline
    from cicdgen.resources.roles import Roles
    from cicdgen.resources.storage import Storage

_TWO_WEEKS = 14 * 24 * 3600
_AN_HOUR = 3600
_RETRIES = 24


class Trigger(Part, frozen=True, kw_only=True):
    """The rule on the source object, its role, and its dead letters."""

    guards: tuple[Guard, ...]
    permissions: Permissions
    undelivered: Queue
    rule: Rule
    undelivered_policy: QueuePolicy
    undelivered_waiting: Alarm

    @classmethod
    def define(
        cls,
        config: Config,
        names: Names,
        roles: Roles,
        storage: Storage,
        notices: Notices,
        pipeline: ReleasePipeline,
    ) -> Trigger:
        """The trigger of this pipeline."""
        pipeline_arn = arns.named("codepipeline", names.pipeline)
        permissions = Permissions(
            "TriggerPolicy",
            (Ref(roles.trigger),),
            (trigger_policies.start_pipeline(pipeline_arn),),
        )
        undelivered = Queue(
            "Undelivered",
            DeletionPolicy=config.deletion_policy,
            UpdateReplacePolicy=config.update_replace_policy,
            QueueName=names.part("undelivered"),
            # SQS's own key: EventBridge sends as itself, and no key of ours has to let it in.
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=_TWO_WEEKS,
        )
        rule = Rule(
            "SourceRule",
            DependsOn=[permissions.title, pipeline.pipeline.title],
            Name=names.part("source"),
            EventPattern=_uploaded(config, storage),
            Targets=[
                Target(
                    Id="Pipeline",
                    Arn=pipeline_arn,
                    RoleArn=arns.of(roles.trigger),
                    InputTransformer=_pinned(),
                    RetryPolicy=RetryPolicy(
                        MaximumEventAgeInSeconds=_AN_HOUR, MaximumRetryAttempts=_RETRIES
                    ),
                    DeadLetterConfig=DeadLetterConfig(Arn=arns.of(undelivered)),
                )
            ],
        )
        guard = Guard(
            str(undelivered.title),
            (
                queue_policies.tls_only(queue=arns.of(undelivered)),
                queue_policies.from_rule(queue=arns.of(undelivered), rule=arns.of(rule)),
            ),
        )
        return cls(
            guards=(guard,),
            permissions=permissions,
            undelivered=undelivered,
            rule=rule,
            undelivered_policy=QueuePolicy(
                "UndeliveredPolicy",
                Queues=[Ref(undelivered)],
                PolicyDocument=guard.document(),
            ),
            # With a dead-letter queue FailedInvocations stays silent: it does not count what went
            # there (eventbridge/eb-monitoring).
            undelivered_waiting=alarm(
                "UndeliveredWaiting",
                names.alarm("undelivered"),
                notices,
                metric=("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
                dimensions={"QueueName": names.part("undelivered")},
                statistic="Maximum",
            ),
        )


def _uploaded(config: Config, storage: Storage) -> dict[str, object]:
    """The event of an upload of exactly this object (s3/ev-events)."""
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [Ref(storage.source)]},
            "object": {"key": [config.source.object_key]},
        },
    }


def _pinned() -> InputTransformer:
    """Start the run with the version of the event.

    Source: codepipeline/pipelines-trigger-source-overrides. The page's sample shows an object;
    StartPipelineExecution takes a list of overrides.
    """
    override = {
        "actionName": SOURCE_ACTION,
        "revisionType": "S3_OBJECT_VERSION_ID",
        "revisionValue": "<version>",
    }
    return InputTransformer(
        InputPathsMap={"version": "$.detail.object.version-id"},
        InputTemplate=json.dumps({"sourceRevisions": [override]}, separators=(",", ":")),
    )
