"""A template, ready to be rehearsed: what all its scenarios share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Account, Text, stacks
from cicdgen.errors import CicdgenError, UsageError
from cicdgen.iam import collect
from cicdgen.proof.hops.functions import hooks
from cicdgen.proof.hops.pipelines import Pipeline, pipelines
from cicdgen.proof.hops.site import Site
from cicdgen.proof.parts.buildspec import buildspecs
from cicdgen.proof.parts.pipeline import PIPELINE
from cicdgen.proof.parts.place import Place
from cicdgen.proof.proof import boundaries_elsewhere
from cicdgen.rehearsal.actions import PROVIDERS
from cicdgen.rehearsal.aim import Aim, aim_of
from cicdgen.rehearsal.building import Shop
from cicdgen.rehearsal.buildspec.spec import load
from cicdgen.rehearsal.catalogue import Catalogue
from cicdgen.rehearsal.conformance import KNOWN_TYPES
from cicdgen.rehearsal.elsewhere import buckets_elsewhere, taken_as_ours
from cicdgen.rehearsal.endpoint import Endpoint
from cicdgen.rehearsal.functions import Host
from cicdgen.rehearsal.inlining import with_buildspecs
from cicdgen.rehearsal.jobs import role_key
from cicdgen.rehearsal.naming import Names
from cicdgen.rehearsal.parameters import with_values
from cicdgen.rehearsal.record import Load
from cicdgen.rehearsal.releases import keeps_contract
from cicdgen.rehearsal.run import Answers, answers_of
from cicdgen.rehearsal.stages import refusals, unmodelled
from cicdgen.rehearsal.versions import FUNCTION, access_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from cicdgen.cloudformation import Stack, Template
    from cicdgen.iam import Document, Policies, Principal
    from cicdgen.rehearsal.endpoint import Account as Served
    from cicdgen.rehearsal.scenarios import Scenario
    from cicdgen.rehearsal.source import Source

ACCOUNT = "111122223333"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a person chose.

    Attributes:
        load: the traffic.
        approves: what is answered where the pipeline asks a person.
        artifacts: what builds make whose commands do not run, by the artifact's name.
        runs_builds: whether the commands of builds run: that is somebody's code.
        has_network: whether they reach the network.
        in_sandbox: whether an embedded AWS keeps objects and runs what is released.
        source: what is uploaded, if somebody gave it: buildspecs may lie in it.
        parameters: values of the template's parameters, by name.
    """

    load: Load = field(default_factory=Load)
    approves: bool = True
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    runs_builds: bool = False
    has_network: bool = False
    in_sandbox: bool = False
    source: Source | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


class Stage:
    """A template, ready to be rehearsed: what all its scenarios share.

    Raises:
        UsageError: the template has no pipeline, or one that is not modelled.
        CicdgenError: a buildspec cannot be read.
    """

    def __init__(self, template: Template, region: str, partition: str, options: Options) -> None:
        account = Account(partition=partition, account=ACCOUNT, region=region, stack="rehearsal")
        given = with_values(template, options.parameters)
        written = _only_stack(given, account, options.parameters)
        inlined = with_buildspecs(written, options.source)
        self.stack = (
            written
            if inlined is written.template
            else _only_stack(inlined, account, options.parameters)
        )
        self.site = Site(self.stack)
        self.options = options
        self.pipeline = _only_pipeline(self.site)
        _read_buildspecs(self.stack)
        self.names = Names("rehearsal")
        self.opinions: dict[object, str] = {}
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
        arns = [self.site.bucket_arn(name) for name in self.buckets_elsewhere]
        return taken_as_ours(collect(self.stack, self.outside), arns)

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

    @cached_property
    def buckets_elsewhere(self) -> tuple[Text, ...]:
        """Buckets that the pipeline names and the template does not make."""
        return tuple(dict.fromkeys(buckets_elsewhere(self.site, self.pipeline)))

    @cached_property
    def aim(self) -> Aim:
        """What the pipeline is to release."""
        return aim_of(self.site, self.pipeline)

    @property
    def keeps_contract(self) -> bool:
        """Whether a build makes what ours make, out of a source with the code in `src/`."""
        return any(keeps_contract(spec) for spec in buildspecs(self.stack))

    @property
    def handler(self) -> str:
        """The handler of the function that is released; empty if the template does not say."""
        for function in self.aim.functions:
            return Place.of(function).at("Handler").known or ""
        return ""

    @property
    def unseen(self) -> Iterator[str]:
        """Types of resources that no scenario looks at, and how many there are of each."""
        found = Counter(each.type for each in self.stack.resources.values())
        for kind, number in found.items():
            if kind not in KNOWN_TYPES:
                yield f"nothing depends on what {kind} does ({number} in the template)"

    def applicable(self, scenario: Scenario) -> str:
        """Why a scenario cannot be rehearsed with this template; empty if it can."""
        kinds = {action.kind.partition("/")[0] for action in self.pipeline.actions}
        effects = scenario.effects
        if effects.breaking and effects.breaking not in kinds:
            return f"the pipeline has no {effects.breaking.lower()} action"
        if effects.failing_trial and not any(is_hook for _, is_hook in hooks(self.site)):
            return "the template has no hook"
        return self.aim.excludes(effects)

    def serve(self, scene: Served) -> None:
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


def _only_pipeline(site: Site) -> Pipeline:
    several = list(pipelines(site))
    if not several:
        raise UsageError(
            "the template has no pipeline: there is nothing to rehearse",
            hint="give a template with an AWS::CodePipeline::Pipeline",
        )
    if len(several) > 1:
        names = ", ".join(each.resource.logical_id for each in several)
        raise UsageError(
            f"the template has several pipelines: {names}", hint="rehearse them one by one"
        )
    (pipeline,) = several
    if found := list(unmodelled(pipeline, PROVIDERS)):
        raise UsageError("; ".join(found), hint=f"modelled are {', '.join(sorted(PROVIDERS))}")
    for what in refusals(pipeline.resource):
        raise UsageError(f"{what} is not modelled", hint="see docs/rehearsal.md")
    return pipeline


def _only_stack(template: Template, account: Account, given: Mapping[str, str]) -> Stack:
    found = stacks(template, account, {**template.defaults, **given})
    if len(found) > 1:
        raise UsageError(
            f"the template can become {len(found)} stacks: its conditions ask for parameters"
            " without a default",
            hint="give each parameter that a condition asks for a Default, or a value:"
            " --parameter-overrides NAME=VALUE",
        )
    return found[0]


def _read_buildspecs(stack: Stack) -> None:
    """Refuse a buildspec that cannot be read, before anything begins."""
    for spec in buildspecs(stack):
        try:
            load(spec.text)
        except CicdgenError as error:
            name = spec.project.logical_id
            raise UsageError(f"{name}: {error.message}", hint=error.hint) from error
