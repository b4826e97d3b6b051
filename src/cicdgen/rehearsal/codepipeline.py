"""CodePipeline: stages and actions in their order, artifacts in an encrypted store, variables.

| rests on | behaviour |
| --- | --- |
| codepipeline/concepts-how-it-works | stages in turn; actions by run order, else together |
| codepipeline/concepts-how-it-works | an action that fails ends its stage and the run |
| codepipeline/S3-artifact-encryption | artifacts are encrypted with the store's key |
| codepipeline/reference-variables | `#{namespace.name}` in a configuration |
| codepipeline/detect-state-changes-cloudwatch-events | what EventBridge is told |
| codepipeline/pipelines-trigger-source-overrides | a run of a given version of the source |

Assumed: the first word of an artifact's file is made up. Conditions of stages, rollbacks and
retries of stages and runs beside one another are not modelled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cicdgen.cloudformation import Text
from cicdgen.proof.hops.pipelines import Action, Pipeline, pipelines
from cicdgen.rehearsal.actions import act
from cicdgen.rehearsal.clock import Task, finished
from cicdgen.rehearsal.overrides import revisions
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.stages import stages_of, variables_of
from cicdgen.rehearsal.timeline import (
    ActionBegan,
    ActionEnded,
    PipelineBegan,
    PipelineEnded,
    StageBegan,
    StageEnded,
    Status,
)
from cicdgen.rehearsal.turn import FailedError, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.iam import Principal
    from cicdgen.rehearsal.actions import Parts
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.events import Events
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3
    from cicdgen.rehearsal.stages import Step
    from cicdgen.rehearsal.turn import Artifact

PIPELINE = "AWS::CodePipeline::Pipeline"
_VARIABLE = re.compile(r"#\{([^}]+)\}")
_KINDS = {
    "pipeline": "CodePipeline Pipeline Execution State Change",
    "stage": "CodePipeline Stage Execution State Change",
    "action": "CodePipeline Action Execution State Change",
}


@dataclass(eq=False, kw_only=True)
class Execution:
    """One run of a pipeline.

    Attributes:
        id: its id.
        revisions: the source's version, by action.
        artifacts: what was made so far, by name.
        variables: what actions put out, by namespace and name.
        status: how it ended; None while it is under way.
    """

    id: str
    revisions: Mapping[str, str]
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    status: Status | None = None


class CodePipeline:
    """The pipelines of a stack.

    Attributes:
        executions: every run that was started.
    """

    def __init__(
        self, run: Run, *, s3: S3, events: Events, catalogue: Catalogue, parts: Parts
    ) -> None:
        self._run = run
        self._s3 = s3
        self._events = events
        self._catalogue = catalogue
        self._parts = parts
        self.executions: list[Execution] = []

    def start(self, who: Principal, arn: Text, given: dict[str, Any]) -> None:
        """StartPipelineExecution, as somebody.

        Raises:
            DeniedError: they may not.
        """
        run = self._run
        page = "codepipeline/API_StartPipelineExecution"
        run.call(who, "codepipeline:StartPipelineExecution", arn, page)
        for pipeline in pipelines(run.site):
            if pipeline.resource.arn.equals(arn) is True:
                self._begin(pipeline, dict(revisions(pipeline, given)), after=1.0)
                return
        raise DeniedError(f"PipelineNotFoundException: there is no pipeline {arn}")

    def begin(self, pipeline: Pipeline, after: float) -> None:
        """Start a pipeline with the newest source, because CodePipeline saw that it changed."""
        self._begin(pipeline, {}, after=after)

    def _begin(self, pipeline: Pipeline, revisions: Mapping[str, str], *, after: float) -> None:
        names = self._run.names
        made = Execution(
            id=f"execution-{len(self.executions) + 1}",
            revisions=revisions,
            variables={n: names.of(value) for n, value in variables_of(pipeline.resource)},
        )
        self.executions.append(made)
        self._run.clock.start(self._process(pipeline, made), after=after)

    def _process(self, pipeline: Pipeline, execution: Execution) -> Process:
        run, name = self._run, pipeline.resource.logical_id
        run.tell(PipelineBegan(at=run.now, pipeline=name, execution=execution.id))
        self._announce(pipeline, execution, "pipeline", "STARTED")
        because, status = "", Status.SUCCEEDED
        try:
            self._catalogue.fire(
                run, name, "codepipeline.assume-role", "codepipeline.look-at-store"
            )
        except DeniedError as error:
            because, status = str(error), Status.FAILED
        for stage, steps in stages_of(pipeline):
            if status is Status.FAILED:
                break
            run.tell(StageBegan(at=run.now, stage=stage))
            self._announce(pipeline, execution, "stage", "STARTED", stage=stage)
            failures: list[str] = []
            for order in sorted({step.order for step in steps}):
                together = [step for step in steps if step.order == order]
                tasks = [
                    run.clock.start(self._act(pipeline, execution, step, failures))
                    for step in together
                ]
                yield from _all(tasks)
                if failures:
                    break
            if failures:
                because, status = f"{stage}: {'; '.join(failures)}", Status.FAILED
            run.tell(StageEnded(at=run.now, stage=stage, status=status))
            self._announce(pipeline, execution, "stage", _word(status), stage=stage)
        run.tell(
            PipelineEnded(
                at=run.now, pipeline=name, execution=execution.id, status=status, because=because
            )
        )
        self._announce(pipeline, execution, "pipeline", _word(status))
        execution.status = status

    def _act(
        self, pipeline: Pipeline, execution: Execution, step: Step, failures: list[str]
    ) -> Process:
        run, action = self._run, step.action
        run.tell(
            ActionBegan(at=run.now, stage=step.stage, action=action.name, provider=action.kind)
        )
        more = {"stage": step.stage, "action": action.name}
        self._announce(pipeline, execution, "action", "STARTED", **more)
        status, because = Status.SUCCEEDED, ""
        variables: dict[str, str] = {}
        try:
            turn = Turn(
                run=run,
                s3=self._s3,
                pipeline=pipeline,
                action=action,
                stage=step.stage,
                role=self._role(pipeline, action),
                execution=execution.id,
                revisions=execution.revisions,
                artifacts=execution.artifacts,
                settings=dict(self._settings(execution, action)),
                variables=variables,
            )
            yield from act(turn, self._parts)
        except (FailedError, DeniedError) as error:
            status, because = Status.FAILED, str(error)
            failures.append(f"{action.name}: {error}")
        except UnmodelledError as error:
            where = f"{pipeline.resource.logical_id}, stage {step.stage}, action {action.name}"
            raise UnmodelledError(f"{where} ({action.kind}): {error}") from error
        if step.namespace:
            execution.variables |= {f"{step.namespace}.{k}": v for k, v in variables.items()}
        run.tell(
            ActionEnded(
                at=run.now,
                stage=step.stage,
                action=action.name,
                status=status,
                because=because,
                variables=variables,
            )
        )
        self._announce(pipeline, execution, "action", _word(status), **more)

    def _role(self, pipeline: Pipeline, action: Action) -> Principal:
        role = self._run.site.role(pipeline.resource.properties.get("RoleArn"))
        if role is None:
            raise UnmodelledError(
                f"the role of {pipeline.resource.logical_id}: not in the template"
            )
        if action.role is None:
            return role
        own = self._run.site.role(action.role)
        if own is None:
            raise UnmodelledError(f"the role of the action {action.name}: not in the template")
        if own != role:
            self._run.call(role, "sts:AssumeRole", own.role, "codepipeline/how-to-custom-role")
        return own

    def _settings(self, execution: Execution, action: Action) -> Iterator[tuple[str, str]]:
        """The action's configuration, with the variables in it filled in."""

        def filled(match: re.Match[str]) -> str:
            name = match[1]
            if name == "codepipeline.PipelineExecutionId":
                return execution.id
            if name not in execution.variables:
                raise FailedError(f"the variable #{{{name}}} is not known when its turn comes")
            return execution.variables[name]

        for name in action.configuration or {}:
            value = action.setting(name)
            # A secret of GitHub's, that nothing here asks for.
            if name == "OAuthToken":
                continue
            if isinstance(value, Text):
                yield name, _VARIABLE.sub(filled, self._run.names.of(value))
            elif value is not None:
                yield name, str(value).lower()

    def _announce(
        self, pipeline: Pipeline, execution: Execution, kind: str, state: str, **more: str
    ) -> None:
        names = self._run.names
        detail: dict[str, object] = {
            "pipeline": names.of(pipeline.resource.name),
            "execution-id": execution.id,
            "version": 1.0,
            "state": state,
            **more,
        }
        arn = names.of(pipeline.resource.arn)
        self._events.emit("aws.codepipeline", _KINDS[kind], detail, arn)


def _all(tasks: list[Task]) -> Process:
    return finished(tasks)


def _word(status: Status) -> str:
    return {Status.SUCCEEDED: "SUCCEEDED", Status.FAILED: "FAILED", Status.STOPPED: "STOPPED"}[
        status
    ]
