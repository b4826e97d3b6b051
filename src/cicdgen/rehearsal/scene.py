"""One scenario on its stage: the services, what connects them, and how it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError
from cicdgen.rehearsal.actions import Parts
from cicdgen.rehearsal.awslambda import Lambda
from cicdgen.rehearsal.clock import Clock
from cicdgen.rehearsal.cloudwatch import CloudWatch, Metrics
from cicdgen.rehearsal.codebuild import CodeBuild
from cicdgen.rehearsal.codedeploy import CodeDeploy
from cicdgen.rehearsal.codepipeline import CodePipeline
from cicdgen.rehearsal.conformance import CONFORMANCE
from cicdgen.rehearsal.deployment import Mover
from cicdgen.rehearsal.ends import End
from cicdgen.rehearsal.events import Events
from cicdgen.rehearsal.jobs import Jobs
from cicdgen.rehearsal.judging import assumed, causes_of, faults_of, stopped
from cicdgen.rehearsal.lambda_deploy import LambdaDeploy
from cicdgen.rehearsal.naming import Names
from cicdgen.rehearsal.notices import Notices
from cicdgen.rehearsal.objects import InMemory
from cicdgen.rehearsal.record import Rehearsal
from cicdgen.rehearsal.repositories import Repositories
from cicdgen.rehearsal.run import DeniedError, Run, UnmodelledError
from cicdgen.rehearsal.s3 import S3
from cicdgen.rehearsal.sandboxed import Sandboxed
from cicdgen.rehearsal.second_opinion import SecondOpinion
from cicdgen.rehearsal.stage import ACCOUNT, Stage
from cicdgen.rehearsal.stages import shape
from cicdgen.rehearsal.uploading import Arrivals
from cicdgen.rehearsal.versions import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.endpoint import Service
    from cicdgen.rehearsal.objects import Objects
    from cicdgen.rehearsal.scenarios import Scenario
    from cicdgen.rehearsal.source import Source
    from cicdgen.rehearsal.timeline import Event

_BEFORE = 300.0
"""Seconds of traffic before the upload, so that alarms have something to look at."""

_SETTLE = 15 * 60.0
"""Seconds after the pipeline's end in which alarms may still change."""


def rehearse(
    stage: Stage,
    scenario: Scenario,
    source: Source,
    watch: Callable[[Event], None] = lambda _: None,
) -> Rehearsal:
    """Rehearse a scenario.

    Args:
        stage: the template.
        scenario: what goes wrong, and how it should end.
        source: what is uploaded.
        watch: sees every event as it happens.

    Raises:
        UsageError: something of the template is not modelled, whatever happens.
    """
    try:
        return _rehearsed(stage, scenario, source, watch)
    except UnmodelledError as error:
        raise UsageError(f"not modelled: {error}", hint="see docs/conformance.md") from error


def _rehearsed(
    stage: Stage, scenario: Scenario, source: Source, watch: Callable[[Event], None]
) -> Rehearsal:
    if not stage.options.in_sandbox:
        return Scene(stage, scenario, source, watch, stage.names, InMemory(), None).rehearsal()
    from cicdgen.aws.sandbox import Clients  # noqa: PLC0415 - hardly any rehearsal needs it
    from cicdgen.sandbox.running import Sandbox  # noqa: PLC0415

    # Functions that ran before were told the names of another sandbox.
    stage.host.forget()
    with Sandbox(account=ACCOUNT, region=stage.host.region) as sandbox:
        names, kept = Names(stage.names.stack), Sandboxed(Clients(sandbox.environment))
        kept.prepare(stage.stack, names)
        for bucket in stage.buckets_elsewhere:
            kept.make(names.of(bucket))
        scene = Scene(stage, scenario, source, watch, names, kept, kept)
        scene.run.second = SecondOpinion(kept.clients, stage.site, names, stage.opinions)
        return scene.rehearsal()


class Scene:
    """One scenario on its stage: the services, and what connects them."""

    def __init__(
        self,
        stage: Stage,
        scenario: Scenario,
        source: Source,
        watch: Callable[[Event], None],
        names: Names,
        objects: Objects,
        sandbox: Sandboxed | None,
    ) -> None:
        effects = scenario.effects
        self._stage, self._scenario, self._source = stage, scenario, source
        self._began = time.monotonic()
        self.run = Run(
            site=stage.site,
            names=names,
            answers=stage.answers,
            load=stage.options.load,
            withheld=effects.withheld,
            watch=watch,
            clock=Clock(now=-_BEFORE),
        )
        run, catalogue = self.run, stage.catalogue
        self.problems = run.problems
        self.callers = stage.callers
        metrics = Metrics(run)
        notices = Notices(run, catalogue, sandbox)
        events = Events(run, notices, metrics)
        self.s3 = S3(run, objects)
        self.s3.elsewhere = frozenset(names.of(each) for each in stage.buckets_elsewhere)
        self.functions = Lambda(run, self.s3, catalogue, stage.host, sandbox)
        self.codedeploy = CodeDeploy(run)
        jobs = Jobs(run, self.functions, catalogue, metrics)
        codebuild = CodeBuild(
            run=run,
            catalogue=catalogue,
            s3=self.s3,
            metrics=metrics,
            given=stage.options.artifacts,
            breaking=effects.breaking,
            shop=stage.shop,
        )
        self.cloudwatch = CloudWatch(
            run=run,
            metrics=metrics,
            notices=notices,
            functions=self.functions,
            failing=self._failing,
        )
        repositories = Repositories(run=run)
        parts = Parts(
            codebuild=codebuild,
            jobs=jobs,
            functions=LambdaDeploy(
                run=run,
                functions=self.functions,
                cloudwatch=self.cloudwatch,
                catalogue=catalogue,
            ),
            notices=notices,
            repositories=repositories,
            approves=stage.options.approves,
        )
        self.pipeline = CodePipeline(
            run, s3=self.s3, events=events, catalogue=catalogue, parts=parts
        )
        events.start_pipeline = self.pipeline.start
        self.arrivals = Arrivals(
            run=run,
            s3=self.s3,
            events=events,
            repositories=repositories,
            begin=self.pipeline.begin,
        )
        mover = Mover(
            run=run,
            codedeploy=self.codedeploy,
            functions=self.functions,
            cloudwatch=self.cloudwatch,
            events=events,
            catalogue=catalogue,
        )
        self.codedeploy.begin = mover.begin
        self._aliases = {
            f"{f.resource.logical_id}.{alias.name}": alias
            for f in self.functions.functions.values()
            for alias in f.aliases.values()
        }
        self._before = {name: alias.version for name, alias in self._aliases.items()}
        if effects.failing_trial:
            self.functions.answer = lambda _function, _version: "RehearsedError"
        if effects.crash:
            self.codedeploy.meanwhile = self._crash
        self.services: Mapping[str, Service] = {
            "codedeploy": self.codedeploy,
            "codepipeline": jobs,
            "lambda": self.functions,
            "s3": self.s3,
        }

    def rehearsal(self) -> Rehearsal:
        """Run the scenario to its end."""
        stage, run = self._stage, self.run
        stage.serve(self)
        for name, alias in self._aliases.items():
            run.shift(name, alias.shares)
        run.clock.start(self.cloudwatch.live())
        play = run.clock.start(self._play())
        try:
            run.clock.run(lambda: play.is_done)
        except UnmodelledError as error:
            run.problems.append(f"not modelled: {error}")
        end = self._end()
        faults, complaints = (
            list(faults_of(run, self._scenario.effects)),
            list(self._scenario.complaints(end)),
        )
        causes = tuple(dict.fromkeys([*faults, *causes_of(run), *complaints]))
        return Rehearsal(
            scenario=self._scenario.name,
            meaning=self._scenario.meaning,
            expected=self._scenario.expected(end),
            ended=f"{end}{stopped(run, self.cloudwatch.traffic)}",
            passed=not (faults or complaints),
            causes=causes,
            pipeline=stage.pipeline.resource.logical_id,
            stages=shape(stage.pipeline),
            events=tuple(run.events),
            traffic=tuple(self.cloudwatch.traffic),
            load=run.load,
            strategy=stage.aim.strategy,
            assumptions=tuple(assumed(stage, self._source)),
            conformance=CONFORMANCE,
            seconds=time.monotonic() - self._began,
        )

    def _play(self) -> Process:
        """Upload, wait for the pipeline, and let it settle."""
        run, stage = self.run, self._stage
        yield _BEFORE
        for number in range(self._scenario.effects.uploads):
            started = len(self.pipeline.executions)
            try:
                self.arrivals.arrive(stage.pipeline, self._source)
            except DeniedError as error:
                run.remark("upload", f"nobody can upload the source: {error}")
            while any(each.status is None for each in self.pipeline.executions[started:]):
                yield 5.0
            yield _SETTLE if number else 60.0
        while any(
            each.status in {"Created", "InProgress"}
            for each in self.codedeploy.deployments.values()
        ):
            yield 30.0
        yield _SETTLE

    def _failing(self, function: str, version: str) -> float:
        olds = {v for name, v in self._before.items() if name.startswith(f"{function}.")}
        is_new = version not in olds
        return self.run.load.error_rate if self._scenario.effects.bad and is_new else 0.0

    def _crash(self) -> None:
        for action in self._stage.pipeline.actions:
            if action.kind == "Invoke/AWS/Lambda":
                found = self._stage.site.find(action.setting("FunctionName"), FUNCTION)
                if found is not None:
                    self._stage.host.kill(found.logical_id)
        raise DeniedError("the process that asked is gone")

    def _end(self) -> End:
        kinds = {action.kind for action in self._stage.pipeline.actions}
        aim = self._stage.aim
        return End(
            before=self._before,
            after={n: alias.shares for n, alias in self._aliases.items() if aim.is_on(n)},
            runs=[each.status for each in self.pipeline.executions],
            events=self.run.events,
            window=aim.window,
            mover=aim.mover,
            blind=aim.blind,
            tells=any(self._stage.site.every("AWS::SNS::Topic")),
            approves=self._stage.options.approves,
            asks="Approval/AWS/Manual" in kinds,
        )
