"""One scenario on its stage: what happens, and how it ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError
from cicdgen.rehearsal.clock import Clock
from cicdgen.rehearsal.conformance import CONFORMANCE
from cicdgen.rehearsal.ends import End
from cicdgen.rehearsal.judging import assumed, causes_of, faults_of, stopped
from cicdgen.rehearsal.naming import Names
from cicdgen.rehearsal.objects import InMemory
from cicdgen.rehearsal.record import Rehearsal
from cicdgen.rehearsal.run import DeniedError, Run, UnmodelledError
from cicdgen.rehearsal.sandboxed import Sandboxed
from cicdgen.rehearsal.second_opinion import SecondOpinion
from cicdgen.rehearsal.services import Behind, Services
from cicdgen.rehearsal.stage import ACCOUNT, Stage
from cicdgen.rehearsal.stages import shape
from cicdgen.rehearsal.versions import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.rehearsal.clock import Process
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
        behind = Behind(names=stage.names, objects=InMemory())
        return Scene(stage, scenario, source, watch, behind).rehearsal()
    from cicdgen.aws.sandbox import Clients  # noqa: PLC0415 - hardly any rehearsal needs it
    from cicdgen.sandbox.running import Sandbox  # noqa: PLC0415

    # Functions that ran before were told the names of another sandbox.
    stage.host.forget()
    with Sandbox(account=ACCOUNT, region=stage.host.region) as sandbox:
        names, kept = Names(stage.names.stack), Sandboxed(Clients(sandbox.environment))
        kept.prepare(stage.stack, names)
        for bucket in stage.buckets_elsewhere:
            kept.make(names.of(bucket))
        second = SecondOpinion(kept.clients, stage.site, names, stage.opinions)
        behind = Behind(names=names, objects=kept, sandbox=kept, second=second)
        return Scene(stage, scenario, source, watch, behind).rehearsal()


class Scene:
    """One scenario on its stage."""

    def __init__(
        self,
        stage: Stage,
        scenario: Scenario,
        source: Source,
        watch: Callable[[Event], None],
        behind: Behind,
    ) -> None:
        effects = scenario.effects
        self._stage, self._scenario, self._source = stage, scenario, source
        self._began = time.monotonic()
        self.run = Run(
            site=stage.site,
            names=behind.names,
            answers=stage.answers,
            load=stage.options.load,
            withheld=effects.withheld,
            second=behind.second,
            watch=watch,
            clock=Clock(now=-_BEFORE),
        )
        self.problems = self.run.problems
        self.callers = stage.callers
        made = Services(stage, self.run, behind, effects.breaking, self._failing)
        self.s3, self.functions, self.codedeploy = made.s3, made.functions, made.codedeploy
        self.cloudwatch, self.pipeline = made.cloudwatch, made.pipeline
        self.arrivals, self.services = made.arrivals, made.served
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
