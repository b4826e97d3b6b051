"""Two scenarios that somebody might have rehearsed: a good release, and a bad canary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.rehearsal.record import (
    ActionShape,
    Behaviour,
    Load,
    Matrix,
    Permission,
    Rehearsal,
    StageShape,
    Traffic,
)
from cicdgen.rehearsal.timeline import (
    ActionBegan,
    ActionEnded,
    AlarmChanged,
    AlarmState,
    Call,
    CallMade,
    DeploymentBegan,
    DeploymentEnded,
    FunctionInvoked,
    LifecycleEnded,
    Logged,
    Notice,
    PhaseEnded,
    PipelineBegan,
    PipelineEnded,
    RuleTried,
    StageBegan,
    StageEnded,
    Status,
    TrafficShifted,
    Uploaded,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.rehearsal.timeline import Event

CANARY = "CodeDeployDefault.LambdaCanary10Percent10Minutes"
STAGES = {
    "Source": ("S3",),
    "Build": ("CodeBuild",),
    "Test": ("CodeBuild",),
    "Deploy": ("Lambda",),
}
OK, FAILED = Status.SUCCEEDED, Status.FAILED
HOSTILE = "</script><script>document.title = 'owned'</script> <b>bold</b>"
"""What a build might print, or a template be called."""


def call(
    principal: str,
    action: str,
    resource: str,
    verdict: Verdict = Verdict.ALLOWED,
    because: str = "",
) -> Call:
    """A call, by its grant if it is allowed."""
    grants = (f"{principal.removesuffix('Role')}Policy.{action.partition(':')[2]}",)
    return Call(
        principal=principal,
        action=action,
        resource=resource,
        verdict=verdict,
        because=because,
        grants=grants if verdict is Verdict.ALLOWED else (),
        source="codepipeline/security-iam",
    )


CALLS = (
    call("TriggerRole", "codepipeline:StartPipelineExecution", "Pipeline"),
    call("PipelineRole", "s3:GetObject", "SourceBucket/source.zip"),
    call("PipelineRole", "kms:Decrypt", "SourceKey"),
    call("PipelineRole", "kms:GenerateDataKey", "ArtifactKey"),
    call("BuildRole", "s3:PutObject", "ArtifactBucket/releases/*"),
    call("BuildRole", "logs:PutLogEvents", "BuildLogs"),
    call("DeployerRole", "lambda:UpdateFunctionCode", "Function"),
    call("DeployerRole", "codedeploy:CreateDeployment", "DeploymentGroup"),
    call("CodeDeployRole", "lambda:UpdateAlias", "Function:live"),
    call("CodeDeployRole", "cloudwatch:DescribeAlarms", "*"),
)


def good() -> Rehearsal:
    """Ends with all traffic on the new version."""
    return _rehearsal(
        "good",
        "a release in which nothing is wrong",
        "all traffic is on the new version",
        events=(
            *_until_deploy(),
            TrafficShifted(at=372, alias="Alias", weights={"3": 0.9, "4": 0.1}),
            LifecycleEnded(at=972, deployment="d-GOOD1", event="AfterAllowTraffic", status=OK),
            TrafficShifted(at=972, alias="Alias", weights={"4": 1.0}),
            DeploymentEnded(at=975, deployment="d-GOOD1", status=OK),
            *_finish(OK),
        ),
        traffic=tuple(_traffic(bad_from=None)),
    )


def bad_canary() -> Rehearsal:
    """Ends rolled back, with a notice."""
    return _rehearsal(
        "bad-canary",
        "the new version fails every request that it gets",
        "traffic is back on the old version, and somebody is told",
        events=(
            *_until_deploy(),
            TrafficShifted(at=372, alias="Alias", weights={"3": 0.9, "4": 0.1}),
            AlarmChanged(
                at=600,
                alarm="RollbackAlarm",
                before=AlarmState.OK,
                after=AlarmState.ALARM,
                because="0, 10, 10 against GreaterThanThreshold 1",
            ),
            Notice(
                at=600,
                about="RollbackAlarm is ALARM",
                by="RollbackAlarm",
                topic="NoticeTopic",
                told=("email ops@example.com",),
                arrived=True,
            ),
            DeploymentEnded(
                at=601, deployment="d-BAD01", status=Status.STOPPED, because="an alarm fired"
            ),
            TrafficShifted(at=602, alias="Alias", weights={"3": 1.0}),
            DeploymentEnded(at=603, deployment="d-BAD02", status=OK, is_rollback=True),
            *_finish(FAILED),
        ),
        traffic=tuple(_traffic(bad_from=372)),
    )


def denied() -> Rehearsal:
    """Fails for a missing grant, and so ends otherwise than it should."""
    lacking = call(
        "BuildRole",
        "kms:GenerateDataKey",
        "ArtifactKey",
        Verdict.DENIED,
        "no statement of BuildPolicy allows kms:GenerateDataKey on ArtifactKey",
    )
    return _rehearsal(
        "replay",
        "the same release once more",
        "nothing is deployed twice",
        events=(
            *_start(),
            CallMade(at=35, call=lacking),
            ActionEnded(
                at=36, stage="Build", action="Build", status=FAILED, because="AccessDenied"
            ),
            StageEnded(at=36, stage="Build", status=FAILED),
            PipelineEnded(at=36, pipeline="Pipeline", execution="e-1", status=FAILED),
        ),
        traffic=(),
        passed=False,
        causes=(f"BuildRole may not kms:GenerateDataKey on ArtifactKey: {lacking.because}",),
    )


def matrix(name: str = "shop-prod.json") -> Matrix:
    """All three, and what they used."""
    used = {(call.principal, call.grants[0], call.action): ("good", "bad-canary") for call in CALLS}
    return Matrix(
        name=name,
        rehearsals=(good(), bad_canary(), denied()),
        permissions=(
            *(
                Permission(holder=holder, statement=statement, action=action, used_in=scenarios)
                for (holder, statement, action), scenarios in used.items()
            ),
            Permission(
                holder="FunctionRole",
                statement="FunctionPolicy.Traces",
                action="xray:PutTraceSegments",
                used_in=(),
                because="the function's own code was not run",
            ),
        ),
        seconds=2.417,
    )


def _rehearsal(
    scenario: str,
    meaning: str,
    expected: str,
    *,
    events: tuple[Event, ...],
    traffic: tuple[Traffic, ...],
    passed: bool = True,
    causes: tuple[str, ...] = (),
) -> Rehearsal:
    return Rehearsal(
        scenario=scenario,
        meaning=meaning,
        expected=expected,
        ended=expected if passed else "the pipeline failed in Build",
        passed=passed,
        causes=causes,
        pipeline="Pipeline",
        stages=tuple(
            StageShape(
                name=stage,
                actions=tuple(
                    ActionShape(name=stage, provider=each, run_order=1) for each in providers
                ),
            )
            for stage, providers in STAGES.items()
        ),
        events=events,
        traffic=traffic,
        load=Load(),
        strategy=CANARY,
        assumptions=(
            "A datapoint is evaluated two minutes after its minute: AWS states no bound.",
            "Requests come evenly.",
        ),
        conformance=(
            Behaviour(
                service="CodeDeploy",
                what="A canary waits, then moves the rest.",
                source="codedeploy/deployment-configurations",
                is_modelled=True,
            ),
            Behaviour(
                service="CodePipeline",
                what="Executions that wait for one another.",
                source="codepipeline/concepts-how-it-works",
                is_modelled=False,
            ),
        ),
        seconds=0.81,
    )


def _start() -> Iterator[Event]:
    yield Uploaded(at=0, bucket="SourceBucket", key="source.zip", version="v-000001")
    yield RuleTried(at=1, rule="TriggerRule", event="Object Created", matched=True)
    yield from (CallMade(at=2, call=each) for each in CALLS)
    yield PipelineBegan(at=2, pipeline="Pipeline", execution="e-1")
    yield StageBegan(at=2, stage="Source")
    yield ActionBegan(at=2, stage="Source", action="Source", provider="S3")
    yield ActionEnded(
        at=4, stage="Source", action="Source", status=OK, variables={"VersionId": "v-000001"}
    )
    yield StageEnded(at=4, stage="Source", status=OK)
    yield StageBegan(at=4, stage="Build")
    yield ActionBegan(at=4, stage="Build", action="Build", provider="CodeBuild")


def _until_deploy() -> Iterator[Event]:
    yield from _start()
    for number, phase in enumerate(("install", "pre_build", "build", "post_build")):
        yield PhaseEnded(
            at=30 + number, project="BuildProject", phase=phase, status=OK, was_run=True
        )
    yield Logged(at=33, by="BuildProject", line=HOSTILE)
    yield ActionEnded(at=60, stage="Build", action="Build", status=OK)
    yield StageEnded(at=60, stage="Build", status=OK)
    yield StageBegan(at=60, stage="Test")
    yield ActionBegan(at=60, stage="Test", action="Test", provider="CodeBuild")
    yield ActionEnded(at=360, stage="Test", action="Test", status=OK)
    yield StageEnded(at=360, stage="Test", status=OK)
    yield StageBegan(at=360, stage="Deploy")
    yield ActionBegan(at=360, stage="Deploy", action="Deploy", provider="Lambda")
    yield FunctionInvoked(at=361, function="Deployer", by="CodePipeline")
    yield DeploymentBegan(at=366, deployment="d-1", config=CANARY, current="3", target="4")
    yield LifecycleEnded(at=370, deployment="d-1", event="BeforeAllowTraffic", status=OK)


def _finish(status: Status) -> Iterator[Event]:
    why = "" if status is OK else "the deployment was rolled back"
    yield ActionEnded(at=980, stage="Deploy", action="Deploy", status=status, because=why)
    yield StageEnded(at=980, stage="Deploy", status=status)
    yield PipelineEnded(at=981, pipeline="Pipeline", execution="e-1", status=status, because=why)


def _traffic(bad_from: float | None) -> Iterator[Traffic]:
    for minute in range(18):
        at = minute * 60.0
        canary = 372 <= at + 30 < (972 if bad_from is None else 602)
        over = bad_from is None and at >= 972
        new = 600.0 if over else 60.0 if canary else 0.0
        yield Traffic(at=at, version="3", requests=600 - new, errors=0)
        if new:
            yield Traffic(at=at, version="4", requests=new, errors=new if bad_from else 0)
