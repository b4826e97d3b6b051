"""Who hears of a pipeline that fails: EventBridge tells the topic, an alarm watches EventBridge."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures(Part):
    """The rule on failed runs, and the alarms on builds, on the rule and on its delivery."""

    rule: Rule
    pipeline_failed: Alarm
    notice_failed: Alarm
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
            Description=f"A failed run of {names.pipeline} is told to the topic",
            # codepipeline/detect-state-changes-cloudwatch-events. CodePipeline's own metrics have
            # none for this whose dimensions are documented.
            EventPattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [Ref(pipeline.pipeline)], "state": ["FAILED"]},
            },
            Targets=[Target(Id="Topic", Arn=Ref(notices.topic))],
        )

        def on_rule(title: str, what: str, metric: str) -> Alarm:
            return alarm(
                title,
                names.alarm(what),
                notices,
                metric=("AWS/Events", metric),
                dimensions={"RuleName": Ref(rule)},
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
            pipeline_failed=on_rule("PipelineFailed", "pipeline-failed", "MatchedEvents"),
            notice_failed=on_rule("NoticeFailed", "notice-failed", "FailedInvocations"),
            build_failed=on_project("BuildFailed", "build-failed", build.build),
            test_failed=on_project("TestFailed", "test-failed", build.test),
        )
