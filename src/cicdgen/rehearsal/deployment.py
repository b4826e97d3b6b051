"""A deployment of CodeDeploy on its way: hooks, shifts of traffic, alarms, and going back.

| rests on | behaviour |
| --- | --- |
| codedeploy/reference-appspec-file-structure-hooks | BeforeAllowTraffic, shift, AfterAllowTraffic |
| codedeploy/deployment-configurations | canary, linear, all at once |
| codedeploy/monitoring-create-alarms | an alarm in ALARM stops the deployment |
| codedeploy/deployments-rollback-and-redeploy | a rollback is a deployment of its own, if enabled |
| codedeploy/troubleshooting-deployments-lambda | nor one that is between two versions |
| aws/serverless-application-model issue 291 | an alias that is not on CurrentVersion fails it |

Assumed: alarms are looked at every `LOOK` seconds; a rollback moves all traffic at once, and runs
the same hooks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent
from cicdgen.rehearsal.codedeploy import ROLLBACK, Deployment
from cicdgen.rehearsal.lifecycle import StoppedError, run_hook
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.timeline import DeploymentBegan, DeploymentEnded, LifecycleEnded, Status
from cicdgen.rehearsal.traffic_shift import steps
from cicdgen.rehearsal.wire import AwsError

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource
    from cicdgen.iam import RoleSession
    from cicdgen.rehearsal.appspec import AppSpec
    from cicdgen.rehearsal.awslambda import Lambda
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.cloudwatch import CloudWatch
    from cicdgen.rehearsal.codedeploy import CodeDeploy
    from cicdgen.rehearsal.events import Events
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.versions import Function

LOOK = 30.0
_MINUTE = 60.0
_ROLE = "codedeploy/getting-started-create-service-role"
_KIND = "CodeDeploy Deployment State-change Notification"


@dataclass(eq=False, kw_only=True)
class Mover:
    """What deployments need to run."""

    run: Run
    codedeploy: CodeDeploy
    functions: Lambda
    cloudwatch: CloudWatch
    events: Events
    catalogue: Catalogue

    def begin(self, deployment: Deployment) -> None:
        """Let a deployment run."""
        self.run.clock.start(self._process(deployment), after=1.0)

    def _process(self, deployment: Deployment) -> Process:
        run, move = self.run, deployment.move
        deployment.status = "InProgress"
        run.tell(
            DeploymentBegan(
                at=run.now,
                deployment=deployment.id,
                config=deployment.group.config,
                current=move.current,
                target=move.target,
            )
        )
        self._announce(deployment, "START")
        try:
            yield from self._steps(deployment)
        except StoppedError as stopped:
            self._end(deployment, stopped.status, stopped.message)
            deployment.error = {"code": stopped.code, "message": stopped.message}
            self._go_back(deployment, stopped)
            return
        self._end(deployment, Status.SUCCEEDED, "")

    def _steps(self, deployment: Deployment) -> Process:
        group = deployment.group.resource
        role = self.run.site.role(group.properties.get("ServiceRoleArn"))
        if role is None:
            raise UnmodelledError(f"the role of {group.logical_id}: it is not in the template")
        try:
            self.catalogue.fire(self.run, group.logical_id, "codedeploy.assume-role")
            function = self._function(deployment, role)
            yield from run_hook(self.run, self.functions, deployment, role, "BeforeAllowTraffic")
            yield from self._shift(deployment, role, function)
            yield from run_hook(self.run, self.functions, deployment, role, "AfterAllowTraffic")
        except DeniedError as error:
            raise StoppedError(
                Status.FAILED, "IAM_ROLE_PERMISSIONS", str(error), "DEPLOYMENT_FAILURE"
            ) from error

    def _function(self, deployment: Deployment, role: RoleSession) -> Function:
        """The function, whose alias has to be where the AppSpec says."""
        move = deployment.move
        try:
            function = self.functions.by_arn(move.function)
            alias = self.functions.look_at_alias(role, function, move.alias)
        except AwsError as error:
            raise StoppedError(
                Status.FAILED, "INVALID_LAMBDA_FUNCTION", str(error), "DEPLOYMENT_FAILURE"
            ) from error
        arn = self.run.names.read(function.arn) + f":{move.alias}"
        self.run.call(role, "lambda:GetProvisionedConcurrencyConfig", arn, _ROLE)
        because = ""
        if deployment.creator != ROLLBACK and alias.version != move.current:
            because = (
                "The Lambda function alias version does not match the current version in AppSpec"
                f" file: {alias.version}, not {move.current}."
            )
        if alias.weights and deployment.creator != ROLLBACK:
            because = f"the alias {move.alias} shifts traffic between two versions"
        if move.target not in function.published:
            because = f"there is no version {move.target} of {function.name}"
        if because:
            code = "INVALID_LAMBDA_CONFIGURATION"
            raise StoppedError(Status.FAILED, code, because, "DEPLOYMENT_FAILURE")
        return function

    def _shift(self, deployment: Deployment, role: RoleSession, function: Function) -> Process:
        shift, move, run = deployment.group.shift, deployment.move, self.run
        began = run.now
        if deployment.creator == ROLLBACK:
            self._move(role, function, deployment, 1.0)
            return
        self._look(deployment, role)
        for share, minutes in steps(shift):
            self._move(role, function, deployment, share)
            end = run.now + minutes * _MINUTE
            while run.now < end:
                yield min(LOOK, end - run.now)
                self._look(deployment, role)
        run.tell(
            LifecycleEnded(
                at=run.now,
                deployment=deployment.id,
                event="AllowTraffic",
                status=Status.SUCCEEDED,
                because=f"{(run.now - began) / _MINUTE:g} minutes to {move.target}",
            )
        )

    def _move(
        self, role: RoleSession, function: Function, deployment: Deployment, share: float
    ) -> None:
        move, name = deployment.move, deployment.move.alias
        if share >= 1:
            self.functions.move_alias(role, function, name, move.target, {})
        else:
            weights = {move.target: round(share, 4)}
            self.functions.move_alias(role, function, name, move.current, weights)
        alias = f"{function.resource.logical_id}.{name}"
        self.run.shift(alias, function.aliases[name].shares)

    def _look(self, deployment: Deployment, role: RoleSession) -> None:
        """Stop if an alarm of the group is firing."""
        for alarm in self._alarms(deployment):
            on = alarm.arn
            self.run.call(
                role, "cloudwatch:DescribeAlarms", on, "codedeploy/monitoring-create-alarms"
            )
            if self.cloudwatch.is_firing(alarm):
                raise StoppedError(
                    Status.STOPPED,
                    "ALARM_ACTIVE",
                    f"One or more alarms have been activated: {alarm.logical_id}",
                    "DEPLOYMENT_STOP_ON_ALARM",
                )

    def _alarms(self, deployment: Deployment) -> list[Resource]:
        group = deployment.group.resource
        watched = Place.of(group).at("AlarmConfiguration")
        if watched.at("Enabled").is_on is False:
            return []
        found = []
        for named in watched.at("Alarms").members():
            alarm = referent(
                self.run.site.stack,
                named.at("Name"),
                "AWS::CloudWatch::Alarm",
                "AWS::CloudWatch::CompositeAlarm",
            )
            if isinstance(alarm, Elsewhere):
                raise UnmodelledError(f"an alarm of {group.logical_id}: {alarm.because}")
            found.append(alarm)
        return found

    def _end(self, deployment: Deployment, status: Status, because: str) -> None:
        deployment.status = status.value
        self.run.tell(
            DeploymentEnded(
                at=self.run.now,
                deployment=deployment.id,
                status=status,
                because=because,
                is_rollback=deployment.creator == ROLLBACK,
            )
        )
        states = {Status.SUCCEEDED: "SUCCESS", Status.FAILED: "FAILURE", Status.STOPPED: "STOP"}
        self._announce(deployment, states[status])

    def _go_back(self, deployment: Deployment, stopped: StoppedError) -> None:
        """Roll back, if the group is set to."""
        if deployment.creator == ROLLBACK:
            return
        place = Place.of(deployment.group.resource).at("AutoRollbackConfiguration")
        wanted = {each.known for each in place.at("Events").members()}
        if place.at("Enabled").is_on is not True or stopped.trigger not in wanted:
            self.run.remark(
                deployment.group.resource.logical_id,
                f"nothing goes back: AutoRollbackConfiguration has no {stopped.trigger}",
            )
            return
        back = self.codedeploy.add(
            deployment.group, _reversed(deployment), deployment.description, creator=ROLLBACK
        )
        deployment.rollback = {
            "rollbackDeploymentId": back.id,
            "rollbackMessage": f"{back.id} goes back to version {back.move.target}",
        }
        self.begin(back)

    def _announce(self, deployment: Deployment, state: str) -> None:
        site = self.run.site
        group = deployment.group
        detail = {
            "region": str(site.region),
            "deploymentId": deployment.id,
            "instanceGroupId": "",
            "deploymentGroup": group.name,
            "state": state,
            "application": group.application,
        }
        self.events.emit("aws.codedeploy", _KIND, detail, self.run.names.of(group.resource.arn))


def _reversed(deployment: Deployment) -> AppSpec:
    move = deployment.move
    return replace(move, current=move.target, target=move.current)
