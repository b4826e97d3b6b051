"""Who hears of a pipeline that fails: EventBridge tells the topic, an alarm watches EventBridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.events import Rule, Target

from cicdgen.resources.alarms import alarm
from cicdgen.resources.part import Part

if TYPE_CHECKING:
    from troposphere.cloudwatch import Alarm

    from cicdgen.names import Names
    from cicdgen.resources.build import Build
    from cicdgen.resources.notices import Notices
    from cicdgen.resources.pipeline import ReleasePipeline


class Failures(Part, frozen=True, kw_only=True):
    """The rule on failed runs, an alarm on the rule, and alarms on failed builds."""

    rule: Rule
    pipeline_failed: Alarm
    build_failed: Alarm
    test_failed: Alarm

    @classmethod
    def define(
        cls, names: Names, notices: Notices, build: Build, pipeline: ReleasePipeline
    ) -> Failures:
        """What tells of failed runs and builds."""
        rule = Rule(
            "FailureRule",
            Name=names.part("failures"),
            # codepipeline/detect-state-changes-cloudwatch-events. CodePipeline's own metrics have
            # none for this whose dimensions are documented.
            EventPattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [Ref(pipeline.pipeline)], "state": ["FAILED"]},
            },
            Targets=[Target(Id="Topic", Arn=Ref(notices.topic))],
        )

        def on_project(title: str, what: str, project: object) -> Alarm:
            return alarm(
                title,
                names.alarm(what),
                notices,
                metric=("AWS/CodeBuild", "FailedBuilds"),
                dimensions={"ProjectName": Ref(project)},
            )

        return cls(
            rule=rule,
            # Told by CloudWatch, so that it is heard even if EventBridge could not publish.
            pipeline_failed=alarm(
                "PipelineFailed",
                names.alarm("pipeline-failed"),
                notices,
                metric=("AWS/Events", "TriggeredRules"),
                dimensions={"RuleName": Ref(rule)},
            ),
            build_failed=on_project("BuildFailed", "build-failed", build.build),
            test_failed=on_project("TestFailed", "test-failed", build.test),
        )
