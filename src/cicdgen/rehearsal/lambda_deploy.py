"""CodePipeline's own action that deploys a function: Deploy/AWS/Lambda. No CodeDeploy takes part.

| rests on | behaviour |
| --- | --- |
| codepipeline/action-reference-LambdaDeploy | only in pipelines of type V2 |
| codepipeline/action-reference-LambdaDeploy | the artifact is the function's package |
| codepipeline/action-reference-LambdaDeploy | the alias has one version, the one to go back to |
| codepipeline/action-reference-LambdaDeploy | an alarm in ALARM fails the action |
| codepipeline/action-reference-LambdaDeploy | what the role of the pipeline has to be allowed |
| codepipeline/tutorials-lambda-deploy | an alias on $LATEST cannot shift traffic |
| codepipeline/tutorials-lambda-deploy | with an artifact, or with a version that is published |

Assumed: alarms are looked at every `LOOK` seconds, from before the first shift to the last, and one
that is in ALARM already counts; then the alias goes back at once to the version that AWS calls the
"rollback target", as the role of the action. What AWS does not tell at all is an error: a version
that serves already, alarms without an alias, an artifact together with a version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.rehearsal.deployment import LOOK
from cicdgen.rehearsal.lambda_deploy_settings import KIND, read_settings
from cicdgen.rehearsal.packages import is_zip, missing_handler
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.timeline import DeploymentBegan, DeploymentEnded, Status
from cicdgen.rehearsal.traffic_shift import steps
from cicdgen.rehearsal.turn import FailedError
from cicdgen.rehearsal.wire import AwsError, UnknownError

if TYPE_CHECKING:
    from cicdgen.rehearsal.awslambda import Lambda
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.cloudwatch import CloudWatch
    from cicdgen.rehearsal.lambda_deploy_settings import Asked
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.turn import Turn
    from cicdgen.rehearsal.versions import Alias

_PAGE = "codepipeline/action-reference-LambdaDeploy"
_MINUTE = 60.0


class AlarmedError(Exception):
    """An alarm is firing; the text says which."""


@dataclass(eq=False, kw_only=True)
class LambdaDeploy:
    """What deploys functions without CodeDeploy."""

    run: Run
    functions: Lambda
    cloudwatch: CloudWatch
    catalogue: Catalogue

    def deploy(self, turn: Turn) -> Process:
        """Publish a version, and move the alias to it."""
        try:
            asked = read_settings(turn, self.functions)
            yield 2.0
            self.catalogue.try_all(
                self.run, turn.pipeline.resource.logical_id, "codepipeline.write-log"
            )
            alias = self._alias(turn, asked)
            arn = self.run.names.read(asked.function.arn)
            either = (arn, arn + f":{asked.alias or '$LATEST'}")
            # Which of the two is asked is not told.
            self.run.call(turn.role, "lambda:GetFunctionConfiguration", either, _PAGE)
            target = asked.version or self._publish(turn, asked)
            yield 5.0
            if alias is not None:
                yield from self._move(turn, asked, alias, target)
        except AwsError as error:
            raise FailedError(str(error)) from error
        except UnknownError as error:
            raise UnmodelledError(str(error)) from error
        turn.variables["FunctionVersion"] = target

    def _alias(self, turn: Turn, asked: Asked) -> Alias | None:
        """The alias, which has to have one version behind it."""
        if not asked.alias:
            return None
        alias = self.functions.look_at_alias(turn.role, asked.function, asked.alias)
        if alias.weights:
            both = ", ".join(alias.shares)
            raise FailedError(
                f"the alias {alias.name} has the versions {both} behind it, and has to have one"
            )
        if alias.version not in asked.function.published:
            raise FailedError(
                f"the alias {alias.name} is on {alias.version}: there is no version to go back to"
            )
        self.run.mention(
            turn.role,
            [
                self.run.site.call(
                    turn.role,
                    "lambda:GetProvisionedConcurrencyConfig",
                    self.run.names.read(asked.function.arn) + f":{alias.name}",
                )
            ],
            _PAGE,
        )
        return alias

    def _publish(self, turn: Turn, asked: Asked) -> str:
        """Update the code of the function to the artifact, and publish it."""
        (package,) = turn.inputs()
        held = turn.s3.read(turn.role, package.bucket, package.key, None, _PAGE)
        function = asked.function
        arn = self.run.names.read(function.arn)
        self.run.call(turn.role, "lambda:UpdateFunctionCode", arn, _PAGE)
        if not is_zip(held.body):
            raise FailedError(f"Lambda cannot unzip {package.name}: it is no zip")
        self.functions.replace_code(turn.role, function, held.body)
        published = self.functions.operations["PublishVersion"]
        version = str(published(turn.role, {"FunctionName": function.name})["Version"])
        if missing := missing_handler(function.resource, held.body):
            # Lambda takes any zip; the first request finds out.
            self.run.problems.append(
                f"version {version} of {function.resource.logical_id} cannot start: {missing}"
            )
        return version

    def _move(self, turn: Turn, asked: Asked, alias: Alias, target: str) -> Process:
        """Shift the traffic, and go back if an alarm fires."""
        run, before = self.run, alias.version
        if target == before:
            raise UnmodelledError(
                f"the alias {alias.name} is on version {target} already: AWS does not say what"
                f" {KIND} does then"
            )
        name = f"{turn.action.name} of {turn.execution}"
        run.tell(
            DeploymentBegan(
                at=run.now, deployment=name, config=asked.strategy, current=before, target=target
            )
        )
        try:
            yield from self._shift(turn, asked, alias, target)
        except AlarmedError as alarmed:
            self._end(name, Status.STOPPED, str(alarmed))
            if alias.shares == {before: 1.0}:
                raise FailedError(f"{alarmed}; no traffic has moved") from alarmed
            self._to(turn, asked, alias, before, {})
            self._end(name, Status.SUCCEEDED, "", is_rollback=True)
            back = f"{alias.name} is back on version {before}"
            raise FailedError(f"{alarmed}; {back}") from alarmed
        except DeniedError as error:
            self._end(name, Status.FAILED, str(error))
            raise
        self._end(name, Status.SUCCEEDED, "")

    def _shift(self, turn: Turn, asked: Asked, alias: Alias, target: str) -> Process:
        run, before = self.run, alias.version
        self._look(turn, asked)
        for share, minutes in steps(asked.shift):
            if share < 1:
                self._to(turn, asked, alias, before, {target: round(share, 4)})
            else:
                self._to(turn, asked, alias, target, {})
            end = run.now + minutes * _MINUTE
            while run.now < end:
                yield min(LOOK, end - run.now)
                self._look(turn, asked)

    def _to(
        self, turn: Turn, asked: Asked, alias: Alias, version: str, weights: dict[str, float]
    ) -> None:
        function = asked.function
        self.functions.move_alias(turn.role, function, alias.name, version, weights)
        self.run.shift(f"{function.resource.logical_id}.{alias.name}", alias.shares)

    def _look(self, turn: Turn, asked: Asked) -> None:
        """Stop if an alarm is firing."""
        for alarm in asked.alarms:
            self.run.call(turn.role, "cloudwatch:DescribeAlarms", alarm.arn, _PAGE)
        firing = [a.logical_id for a in asked.alarms if self.cloudwatch.is_firing(a)]
        if firing:
            raise AlarmedError(f"in ALARM: {', '.join(firing)}")

    def _end(self, name: str, status: Status, because: str, *, is_rollback: bool = False) -> None:
        self.run.tell(
            DeploymentEnded(
                at=self.run.now,
                deployment=name,
                status=status,
                because=because,
                is_rollback=is_rollback,
            )
        )
