"""Rehearsing: set a stack up, upload the source, let everything happen, and judge the end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Account, Stack, Text
from cicdgen.errors import UsageError
from cicdgen.iam import collect
from cicdgen.proof.canary_seen import shift_of
from cicdgen.proof.hops.functions import hooks
from cicdgen.proof.hops.pipelines import Pipeline, pipelines
from cicdgen.proof.hops.site import Site
from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.release import lambda_groups
from cicdgen.proof.proof import UNBOUND, boundaries_elsewhere
from cicdgen.rehearsal.actions import PROVIDERS, Parts
from cicdgen.rehearsal.awslambda import FUNCTION, Lambda, access_key
from cicdgen.rehearsal.building import Shop
from cicdgen.rehearsal.catalogue import Catalogue
from cicdgen.rehearsal.clock import Clock
from cicdgen.rehearsal.cloudwatch import CloudWatch, Metrics
from cicdgen.rehearsal.codebuild import CodeBuild
from cicdgen.rehearsal.codedeploy import CodeDeploy
from cicdgen.rehearsal.codepipeline import CodePipeline, refusals, shape
from cicdgen.rehearsal.conformance import ASSUMED, CONFORMANCE
from cicdgen.rehearsal.deployment import Mover
from cicdgen.rehearsal.endpoint import Endpoint
from cicdgen.rehearsal.events import Events
from cicdgen.rehearsal.functions import Host
from cicdgen.rehearsal.jobs import Jobs, role_key
from cicdgen.rehearsal.naming import Names
from cicdgen.rehearsal.notices import Notices
from cicdgen.rehearsal.objects import InMemory
from cicdgen.rehearsal.record import Load, Rehearsal, RuleTried, Uploaded
from cicdgen.rehearsal.run import Answers, DeniedError, Run, UnmodelledError, answers_of
from cicdgen.rehearsal.s3 import S3
from cicdgen.rehearsal.scenarios import End, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from cicdgen.cloudformation import Template
    from cicdgen.iam import Document, Policies, Principal
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.endpoint import Service
    from cicdgen.rehearsal.record import Event
    from cicdgen.rehearsal.source import Source

ACCOUNT = "111122223333"
_BEFORE = 300.0
"""Seconds of traffic before the upload, so that alarms have something to look at."""

_SETTLE = 15 * 60.0
"""Seconds after the pipeline's end in which alarms may still change."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a person chose.

    Attributes:
        load: the traffic.
        approves: what is answered where the pipeline asks a person.
        artifacts: what builds make whose commands do not run, by the artifact's name.
        runs_builds: whether the commands of builds run: that is somebody's code.
        has_network: whether they reach the network.
    """

    load: Load = field(default_factory=Load)
    approves: bool = True
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    runs_builds: bool = False
    has_network: bool = False


class Stage:
    """A template, ready to be rehearsed: what all its scenarios share.

    Raises:
        UsageError: the template has no pipeline, or one that is not modelled.
    """

    def __init__(self, template: Template, region: str, partition: str, options: Options) -> None:
        account = Account(partition=partition, account=ACCOUNT, region=region, stack="rehearsal")
        self.stack = Stack(template, account, template.defaults)
        self.site = Site(self.stack)
        self.options = options
        self.pipeline = _only_pipeline(self.site)
        self.names = Names("rehearsal")
        self._endpoint = Endpoint()
        self.host = Host(endpoint=self._endpoint.url, region=region)

    @property
    def shop(self) -> Shop | None:
        """Where the commands of builds run, if they do."""
        if not self.options.runs_builds:
            return None
        return Shop(
            endpoint=self._endpoint.url,
            region=self.host.region,
            has_network=self.options.has_network,
        )

    @cached_property
    def policies(self) -> Policies:
        """Every policy of the stack; a boundary that is elsewhere forbids nothing."""
        return collect(self.stack, self.outside)

    @cached_property
    def outside(self) -> Mapping[Text, Document]:
        """Permissions boundaries that nobody here can read."""
        return dict(boundaries_elsewhere(self.stack))

    @cached_property
    def answers(self) -> Answers:
        """Who may do what."""
        return answers_of(self.site, self.policies)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What services do besides."""
        return Catalogue.of(self.site, self.answers.policies)

    @cached_property
    def callers(self) -> Mapping[str, Principal]:
        """Who the access keys are of."""
        found: dict[str, Principal] = {}
        for function in self.site.every(FUNCTION):
            role = self.site.role(function.properties.get("Role"))
            if role is not None:
                found[access_key(function)] = role
        # A build has its project's role, and a job's artifacts come with the pipeline's.
        for kind, name in (
            (PIPELINE, "RoleArn"),
            ("AWS::CodeBuild::Project", "ServiceRole"),
        ):
            for each in self.site.every(kind):
                role = self.site.role(each.properties.get(name))
                if role is not None:
                    found[role_key(role)] = role
        return found

    @property
    def window(self) -> float:
        """Minutes from the first shift of traffic to the last, the longest of all groups."""
        shifts = (shift_of(self.stack, group) for group in lambda_groups(self.stack))
        return max((shift.window for shift in shifts if shift is not None), default=0.0)

    @property
    def handler(self) -> str:
        """The handler of the function that is released; empty if the template does not say."""
        for alias in self.site.every("AWS::Lambda::Alias"):
            function = self.site.find(alias.properties.get("FunctionName"), FUNCTION)
            if function is not None:
                return Place.of(function).at("Handler").known or ""
        return ""

    @property
    def strategy(self) -> str:
        """The deployment config."""
        names = (Place.of(g).at("DeploymentConfigName") for g in lambda_groups(self.stack))
        return ", ".join(str(name) for name in names)

    def applicable(self, scenario: Scenario) -> str:
        """Why a scenario cannot be rehearsed with this template; empty if it can."""
        kinds = {action.kind.partition("/")[0] for action in self.pipeline.actions}
        effects = scenario.effects
        if effects.breaking and effects.breaking not in kinds:
            return f"the pipeline has no {effects.breaking.lower()} action"
        if effects.failing_trial and not any(is_hook for _, is_hook in hooks(self.site)):
            return "the template has no hook"
        return ""

    def rehearse(
        self,
        scenario: Scenario,
        source: Source,
        watch: Callable[[Event], None] = lambda _: None,
    ) -> Rehearsal:
        """Rehearse a scenario, and let somebody watch."""
        return _Scene(self, scenario, source, watch).rehearsal()

    def serve(self, scene: _Scene) -> None:
        """Put a scenario behind the endpoint."""
        self._endpoint.serve(scene)

    def __enter__(self) -> Self:
        self._endpoint.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.host.__exit__(kind, error, trace)
        self._endpoint.__exit__(kind, error, trace)


class _Scene:
    """One scenario on its stage: the services, and what connects them."""

    def __init__(
        self, stage: Stage, scenario: Scenario, source: Source, watch: Callable[[Event], None]
    ) -> None:
        effects = scenario.effects
        self._stage, self._scenario, self._source = stage, scenario, source
        self._began = time.monotonic()
        self.run = Run(
            site=stage.site,
            names=stage.names,
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
        notices = Notices(run, catalogue)
        events = Events(run, notices, metrics)
        self.s3 = S3(run, InMemory())
        self.functions = Lambda(run, self.s3, catalogue, stage.host)
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
        parts = Parts(
            codebuild=codebuild,
            jobs=jobs,
            notices=notices,
            approves=stage.options.approves,
        )
        self.events = events
        self.pipeline = CodePipeline(
            run, s3=self.s3, events=events, catalogue=catalogue, parts=parts
        )
        events.start_pipeline = self.pipeline.start
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
        faults, complaints = list(self._faults()), list(self._scenario.complaints(end))
        causes = tuple(dict.fromkeys([*faults, *self._causes(), *complaints]))
        return Rehearsal(
            scenario=self._scenario.name,
            meaning=self._scenario.meaning,
            expected=self._scenario.expected(end),
            ended=str(end),
            passed=not (faults or complaints),
            causes=causes,
            pipeline=stage.pipeline.resource.logical_id,
            stages=shape(stage.pipeline),
            events=tuple(run.events),
            traffic=tuple(self.cloudwatch.traffic),
            load=run.load,
            strategy=stage.strategy,
            assumptions=tuple(self._assumed()),
            conformance=CONFORMANCE,
            seconds=time.monotonic() - self._began,
        )

    def _play(self) -> Process:
        """Upload, wait for the pipeline, and let it settle."""
        run = self.run
        yield _BEFORE
        for number in range(self._scenario.effects.uploads):
            started = len(self.pipeline.executions)
            try:
                self._upload()
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

    def _upload(self) -> None:
        run = self.run
        for action in self._stage.pipeline.actions:
            if action.kind != "Source/AWS/S3":
                continue
            bucket, key = action.setting("S3Bucket"), action.setting("S3ObjectKey")
            if not isinstance(bucket, Text) or not isinstance(key, Text):
                raise UnmodelledError(f"which object {action.name} reads")
            put = self.s3.write(
                run.person, run.names.of(bucket), run.names.of(key), self._source.body
            )
            run.tell(Uploaded(at=run.now, bucket=put.bucket, key=put.key, version=put.version))
            if not self.s3.tells_events(put.bucket):
                run.remark("upload", f"{put.bucket} does not tell EventBridge of its objects")
                continue
            tried = len(run.events)
            self.events.emit("aws.s3", "Object Created", self._created(put))
            if not any(isinstance(e, RuleTried) and e.matched for e in run.events[tried:]):
                run.remark("upload", f"no rule matches the upload of {put.key} to {put.bucket}")

    def _created(self, put: object) -> dict[str, object]:
        """AmazonS3/ev-events."""
        return {
            "version": "0",
            "bucket": {"name": put.bucket},  # type: ignore[attr-defined]
            "object": {
                "key": put.key,  # type: ignore[attr-defined]
                "size": put.size,  # type: ignore[attr-defined]
                "etag": put.etag,  # type: ignore[attr-defined]
                "version-id": put.version,  # type: ignore[attr-defined]
                "sequencer": "0062E99A88DC407460",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": ACCOUNT,
            "source-ip-address": "192.0.2.1",
            "reason": "PutObject",
        }

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
        return End(
            before=self._before,
            after={name: alias.shares for name, alias in self._aliases.items()},
            runs=[each.status for each in self.pipeline.executions],
            events=self.run.events,
            window=self._stage.window,
            tells=any(self._stage.site.every("AWS::SNS::Topic")),
            approves=self._stage.options.approves,
            asks="Approval/AWS/Manual" in kinds,
        )

    def _faults(self) -> Iterator[str]:
        """What is a failure however the scenario ends: what is not modelled, what is denied."""
        yield from self.problems
        withheld = self._scenario.effects.withheld.lower()
        for event in self.run.events:
            if event.kind == "call made":
                call = event.call  # type: ignore[union-attr]
                if call.is_needed and call.because and call.action.lower() != withheld:
                    yield call.because

    def _causes(self) -> Iterator[str]:
        for event in self.run.events:
            if event.kind in {"pipeline ended", "deployment ended"} and event.because:  # type: ignore[union-attr]
                yield event.because  # type: ignore[union-attr]
        yield from self.run.remarks

    def _assumed(self) -> Iterator[str]:
        yield from ASSUMED
        yield from (UNBOUND.format(arn) for arn in self._stage.outside)
        if self._source.is_sample:
            yield f"the source is {self._source.name}"
        load = self.run.load
        yield f"{load.requests_per_minute:g} requests a minute reach each alias, evenly"


def _only_pipeline(site: Site) -> Pipeline:
    found = list(pipelines(site))
    if not found:
        raise UsageError(
            "the template has no pipeline: there is nothing to rehearse",
            hint="give a template with an AWS::CodePipeline::Pipeline",
        )
    if len(found) > 1:
        names = ", ".join(each.resource.logical_id for each in found)
        raise UsageError(
            f"the template has several pipelines: {names}", hint="rehearse them one by one"
        )
    (pipeline,) = found
    for action in pipeline.actions:
        if action.kind not in PROVIDERS:
            stages = ".".join(map(str, action.path))
            raise UsageError(
                f"the action {action.name} is {action.kind}, which is not modelled ({stages})",
                hint=f"modelled are {', '.join(sorted(PROVIDERS))}",
            )
    for what in refusals(pipeline.resource):
        raise UsageError(f"{what} is not modelled", hint="see docs/rehearsal.md")
    return pipeline
