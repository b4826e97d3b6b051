"""CodeBuild: a project's build as its role, whose commands are checked and do not run.

| rests on | behaviour |
| --- | --- |
| codebuild/setting-up-service-role | what the role logs, fetches and hands on |
| codebuild/build-spec-ref | the phases, and what follows one that fails |
| codebuild/available-runtimes | a runtime that the image has not fails the install phase |
| codebuild/build-spec-ref | a command of several lines fails with its last, without `set -e` |
| codebuild/cloudwatch_metrics-codebuild | FailedBuilds, by project |

What the commands call is read from them, and decided. What they make is taken from a zip that is
given, or from `releases` where they keep to its contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError
from cicdgen.proof.flaw import Flaw
from cicdgen.proof.parts.buildspec import PHASES, PROJECT, Buildspec, buildspecs
from cicdgen.proof.parts.place import Place
from cicdgen.proof.wiring import build_runtime, buildspec_errors
from cicdgen.rehearsal.building import handed_on
from cicdgen.rehearsal.inlining import buildspec_file
from cicdgen.rehearsal.releases import Release, keeps_contract
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.timeline import PhaseEnded, Status
from cicdgen.rehearsal.turn import FailedError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from cicdgen.cloudformation import Resource
    from cicdgen.iam import RoleSession
    from cicdgen.rehearsal.building import Shop
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.cloudwatch import Metrics
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3
    from cicdgen.rehearsal.turn import Turn

_PHASE = 15.0
_LINES = 100
"""Lines of a build's log that are kept: the last."""
_ROLE = "codebuild/setting-up-service-role"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A build under way."""

    project: Resource
    spec: Buildspec
    role: RoleSession
    turn: Turn


@dataclass(eq=False, kw_only=True)
class CodeBuild:
    """The projects of a stack.

    Attributes:
        given: what builds make, by the artifact's name: the bytes of a zip.
        breaking: the category of the actions, `Build` or `Test`, that have a command which fails.
        shop: where the commands run; None where they are only checked.
    """

    run: Run
    catalogue: Catalogue
    s3: S3
    metrics: Metrics
    given: Mapping[str, bytes] = field(default_factory=dict)
    breaking: str = ""
    shop: Shop | None = None

    def build(self, turn: Turn) -> Process:
        """Run an action's build."""
        run = self.run
        project = self._project(turn)
        page = "codepipeline/action-reference-CodeBuild"
        run.call(turn.role, "codebuild:StartBuild", project.arn, page)
        failed = ""
        try:
            yield from self._built(turn, project)
        except (DeniedError, FailedError) as error:
            failed = str(error)
        run.call(turn.role, "codebuild:BatchGetBuilds", project.arn, page)
        dimensions = {"ProjectName": run.names.of(project.name)}
        self.metrics.put("AWS/CodeBuild", "FailedBuilds", dimensions, float(bool(failed)))
        if failed:
            raise FailedError(f"{project.logical_id} failed: {failed}")

    def _built(self, turn: Turn, project: Resource) -> Process:
        run, name = self.run, project.logical_id
        role = run.site.role(project.properties.get("ServiceRole"))
        if role is None:
            raise UnmodelledError(f"the role of {name}: it is not in the template")
        self.catalogue.fire(
            run,
            name,
            "codebuild.assume-role",
            "codebuild.write-log",
            "codebuild.encrypt-log",
            "codebuild.fetch-variable",
            "codebuild.attach-to-vpc",
            "codebuild.look-at-store",
        )
        held = {
            each.name: self.s3.read(role, each.bucket, each.key, None, _ROLE).body
            for each in turn.inputs()
        }
        job = Job(project=project, spec=self._spec(project), role=role, turn=turn)
        if self.shop is None:
            yield from self._phases(job)
            made = self._made(job, held)
        else:
            made = yield from self._run(job, held, self.shop)
        for output in map(str, turn.action.outputs):
            turn.keep(role, output, made[output], _ROLE)

    def _run(
        self, job: Job, held: Mapping[str, bytes], shop: Shop
    ) -> Generator[float, None, dict[str, bytes]]:
        """Run the commands, and return what they make."""
        run, turn, project = self.run, job.turn, job.project
        if because := self._fault(job, "install"):
            raise FailedError(f"the phase install: {because}")
        breaks = bool(self.breaking) and turn.action.kind.startswith(f"{self.breaking}/")
        built = shop.build(run, project, job.role, turn, held, breaks=breaks)
        lines = [line for line in built.log.splitlines() if line.strip()]
        for line in lines[-_LINES:]:
            run.log(project.logical_id, line)
        for note in built.notes:
            run.remark(project.logical_id, note)
        for phase in built.phases:
            yield _PHASE
            status = Status.SUCCEEDED if phase.succeeded else Status.FAILED
            run.tell(
                PhaseEnded(
                    at=run.now,
                    project=project.logical_id,
                    phase=phase.name,
                    status=status,
                    was_run=True,
                    because=phase.because,
                )
            )
        if built.reports:
            self.catalogue.try_all(run, project.logical_id, "codebuild.publish-report")
        failed = [f"{p.name}: {p.because}" for p in built.phases if not p.succeeded]
        if failed:
            raise FailedError("; ".join((*failed, *lines[-1:])))
        turn.variables.update(built.exported)
        outputs = list(map(str, turn.action.outputs))
        return handed_on(built, project, outputs) if outputs else {}

    def _phases(self, job: Job) -> Process:
        """Go through the phases without running them."""
        name = job.project.logical_id
        breaks = bool(self.breaking) and job.turn.action.kind.startswith(f"{self.breaking}/")
        for phase in PHASES:
            section = job.spec.section("phases", phase)
            if not section:
                continue
            yield _PHASE
            because = self._fault(job, phase)
            if not because and breaks and phase == "build":
                because = self._broken(job)
            status = Status.FAILED if because else Status.SUCCEEDED
            self.run.tell(
                PhaseEnded(
                    at=self.run.now,
                    project=name,
                    phase=phase,
                    status=status,
                    was_run=False,
                    because=because,
                )
            )
            if because:
                raise FailedError(f"the phase {phase}: {because}")
            if phase == "build":
                # What the commands call is read from all of them at once.
                self.catalogue.fire(
                    self.run, name, *self.catalogue.starting(name, "codebuild.call-")
                )
        self.catalogue.try_all(self.run, name, "codebuild.publish-report")

    def _broken(self, job: Job) -> str:
        """Why a command that fails ends the build; empty if nobody sees it fail."""
        for flaw in _flaws(self.run, buildspec_errors.check, job.spec):
            self.run.remark(
                job.project.logical_id,
                f"a command fails, and the build goes on: {flaw.message}; {flaw.fix}",
            )
            return ""
        return "a command fails, as the scenario has it"

    def _fault(self, job: Job, phase: str) -> str:
        if phase != "install":
            return ""
        flaws = _flaws(self.run, build_runtime.check, job.spec)
        return "; ".join(f"{flaw.message}: {flaw.fix}" for flaw in flaws)

    def _made(self, job: Job, held: Mapping[str, bytes]) -> dict[str, bytes]:
        """What the build hands on, by artifact."""
        outputs = [str(name) for name in job.turn.action.outputs]
        given = {name: self.given[name] for name in outputs if name in self.given}
        if keeps_contract(job.spec):
            release = Release(run=self.run, s3=self.s3, project=job.project, role=job.role)
            source = (
                held.get(str(job.turn.action.inputs[0]), b"") if job.turn.action.inputs else b""
            )
            if outputs:
                return {name: given.get(name) or release.make(source) for name in outputs}
            release.take(held)
            return {}
        for name in outputs:
            if name not in given:
                raise UsageError(
                    f"what {job.project.logical_id} makes as {name} is not known: its commands do"
                    " not run",
                    hint=f"give a zip of it: --artifact {name}=FILE",
                )
        return given

    def _project(self, turn: Turn) -> Resource:
        name = turn.setting("ProjectName")
        found = self.run.site.find(self.run.names.read(name), PROJECT)
        if found is None:
            raise UnmodelledError(f"the project {name}: it is not in the template")
        for part in ("Source", "Artifacts"):
            kind = Place.of(found).at(part, "Type")
            if kind.known != "CODEPIPELINE":
                raise FailedError(f"the {part} of {found.logical_id} are {kind}, not CODEPIPELINE")
        return found

    def _spec(self, project: Resource) -> Buildspec:
        for spec in buildspecs(self.run.site.stack):
            if spec.project is project or spec.project.logical_id == project.logical_id:
                if spec.body is None:
                    raise FailedError(f"YAML_FILE_ERROR: the buildspec of {project.logical_id}")
                return spec
        if path := buildspec_file(project):
            raise UsageError(
                f"the commands of {project.logical_id} are in {path} of its source, and there is"
                " none",
                hint="give the source: --source FOLDER",
            )
        raise UnmodelledError(f"the buildspec of {project.logical_id}: it is not in the template")


def _flaws(run: Run, check: object, spec: Buildspec) -> Iterator[Flaw]:
    for remark in check(run.site.stack):  # type: ignore[operator]
        if isinstance(remark, Flaw) and spec.project.logical_id in remark.path:
            yield remark
