"""CodeDeploy: what it answers about deployments of functions. How one runs is in `deployment`.

| rests on | behaviour |
| --- | --- |
| codedeploy/auth-and-access-control-permissions-reference | CreateDeployment needs two more |
| codedeploy/deployments-rollback-and-redeploy | a rollback is a deployment of its own |
| codedeploy/API_GetDeployment | the AppSpec's content is never returned |
| codedeploy/API_BatchGetDeployments | at most 25 ids |
| codedeploy/API_PutLifecycleEventHookExecutionStatus | Succeeded or Failed, once |
| CircleCI-Public/aws-ecs-orb issue 181 | DeploymentLimitExceededException: one at a time |

Assumed, the harder for the caller: a description of more than 100 characters is too long; a
rollback has the description of what it undoes, and is listed before it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.release import platform
from cicdgen.proof.parts.shift import Shift, shift_of
from cicdgen.rehearsal import appspec
from cicdgen.rehearsal.run import UnmodelledError
from cicdgen.rehearsal.wire import AwsError, UnknownError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.cloudformation import Resource
    from cicdgen.iam import Principal
    from cicdgen.rehearsal.appspec import AppSpec
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.wire import Members

GROUP = "AWS::CodeDeploy::DeploymentGroup"
ROLLBACK = "codeDeployRollback"
_ACTIVE = {"Created", "Queued", "InProgress", "Baking", "Ready"}
_BATCH, _PAGE, _DESCRIPTION = 25, 100, 100
_STYLE = {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"}
_GROUP = ("applicationName", "deploymentGroupName")


@dataclass(eq=False, kw_only=True)
class Group:
    """A deployment group of the stack.

    Attributes:
        resource: the group.
        application: its application's name.
        name: its name.
        config: the name of its deployment config.
        shift: how that moves traffic.
        platform: `Lambda`, `Server` or `ECS`.
    """

    resource: Resource
    application: str
    name: str
    config: str
    shift: Shift
    platform: str


@dataclass(eq=False, kw_only=True)
class Deployment:
    """One deployment, as far as anyone can ask for it."""

    id: str
    group: Group
    move: AppSpec
    description: str
    created: datetime
    creator: str = "user"
    status: str = "Created"
    error: Members = field(default_factory=dict)
    rollback: Members = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)


class CodeDeploy:
    """The deployment groups of a stack, and their deployments.

    Attributes:
        begin: what a new deployment sets off.
    """

    wire = Wire("codedeploy")

    def __init__(self, run: Run) -> None:
        self._run = run
        self._epoch = datetime.now(UTC)
        self.groups = [_group(run, each) for each in run.site.every(GROUP)]
        self.deployments: dict[str, Deployment] = {}
        self.begin: Callable[[Deployment], None] = lambda _deployment: None
        self.meanwhile: Callable[[], None] = lambda: None
        self.operations: dict[str, Callable[[Principal, Members], Members]] = {
            "BatchGetDeployments": self._batch_get_deployments,
            "CreateDeployment": self._create_deployment,
            "GetDeployment": self._get_deployment,
            "ListDeployments": self._list_deployments,
            "PutLifecycleEventHookExecutionStatus": self._put_hook_status,
        }

    def add(
        self, group: Group, move: AppSpec, description: str, creator: str = "user"
    ) -> Deployment:
        """Add a deployment."""
        made = Deployment(
            id=f"d-{len(self.deployments) + 1:09}",
            group=group,
            move=move,
            description=description,
            creator=creator,
            created=self._epoch + timedelta(seconds=self._run.now),
        )
        self.deployments[made.id] = made
        return made

    def _create_deployment(self, who: Principal, asked: Members) -> Members:
        self.meanwhile()
        group = self._group(asked)
        page = "codedeploy/auth-and-access-control-permissions-reference"
        run = self._run
        run.call(who, "codedeploy:CreateDeployment", run.site.arn("codedeploy", _in(group)), page)
        config = Text("deploymentconfig:") + run.names.read(group.config)
        run.call(who, "codedeploy:GetDeploymentConfig", run.site.arn("codedeploy", config), page)
        application = Text("application:") + run.names.read(group.application)
        on = run.site.arn("codedeploy", application)
        run.ask(
            who,
            [
                run.site.call(
                    who,
                    ("codedeploy:RegisterApplicationRevision", "codedeploy:GetApplicationRevision"),
                    on,
                )
            ],
            page,
        )
        if unknown := asked.keys() - {*_GROUP, "description", "revision"}:
            raise UnknownError(f"CreateDeployment with {unknown}")
        if len(asked.get("description", "")) > _DESCRIPTION:
            raise AwsError("DescriptionTooLongException", "The description is too long.")
        for deployment in self.deployments.values():
            if deployment.status in _ACTIVE and deployment.group is group:
                raise AwsError(
                    "DeploymentLimitExceededException",
                    f"The Deployment Group '{group.name}' already has an active Deployment "
                    f"'{deployment.id}'",
                )
        if group.platform != "Lambda":
            raise AwsError(
                "InvalidRevisionException",
                f"the application {group.application} deploys to {group.platform}, not to Lambda",
            )
        style = Place.of(group.resource).at("DeploymentStyle")
        for name, needed in _STYLE.items():
            if style.at(name).is_given and style.at(name).known != needed:
                # CodeDeploy refuses it when the group is made (API_CreateDeploymentGroup).
                raise UnknownError(
                    f"a group like {group.resource.logical_id}: its {name} is {style.at(name)},"
                    f" and for functions there is {needed} alone"
                )
        made = self.add(group, appspec.read(asked["revision"]), asked.get("description", ""))
        self.begin(made)
        return {"deploymentId": made.id}

    def _get_deployment(self, who: Principal, asked: Members) -> Members:
        found = self._find(asked["deploymentId"])
        on = self._run.site.arn("codedeploy", _in(found.group))
        self._run.call(who, "codedeploy:GetDeployment", on, "codedeploy/API_GetDeployment")
        return {"deploymentInfo": _info(found)}

    def _list_deployments(self, who: Principal, asked: Members) -> Members:
        group = self._group(asked)
        on = self._run.site.arn("codedeploy", _in(group))
        self._run.call(who, "codedeploy:ListDeployments", on, "codedeploy/API_ListDeployments")
        if unknown := asked.keys() - {*_GROUP, "createTimeRange", "nextToken"}:
            raise UnknownError(f"ListDeployments by {unknown}")
        since = asked.get("createTimeRange", {}).get("start")
        newest_first = reversed(self.deployments.values())
        ids = [
            each.id
            for each in newest_first
            if each.group is group and (since is None or each.created >= since)
        ]
        first = int(asked.get("nextToken", "0"))
        page: Members = {"deployments": ids[first : first + _PAGE]}
        return page | ({"nextToken": str(first + _PAGE)} if first + _PAGE < len(ids) else {})

    def _batch_get_deployments(self, who: Principal, asked: Members) -> Members:
        ids = asked["deploymentIds"]
        found = [self._find(each) for each in ids]
        for group in {id(each.group): each.group for each in found}.values():
            on = self._run.site.arn("codedeploy", _in(group))
            page = "codedeploy/API_BatchGetDeployments"
            self._run.call(who, "codedeploy:BatchGetDeployments", on, page)
        if len(ids) > _BATCH:
            raise AwsError("BatchLimitExceededException", f"{len(ids)} deployments")
        return {"deploymentsInfo": [_info(each) for each in found]}

    def _put_hook_status(self, who: Principal, asked: Members) -> Members:
        page = "codedeploy/API_PutLifecycleEventHookExecutionStatus"
        action = "codedeploy:PutLifecycleEventHookExecutionStatus"
        self._run.call(who, action, Text("*"), page)
        found = self._find(asked["deploymentId"])
        execution = asked["lifecycleEventHookExecutionId"]
        if execution not in found.verdicts:
            raise AwsError("InvalidLifecycleEventHookExecutionIdException", execution)
        if asked["status"] not in {"Succeeded", "Failed"}:
            raise AwsError("InvalidLifecycleEventHookExecutionStatusException", asked["status"])
        if found.verdicts[execution]:
            raise AwsError("LifecycleEventAlreadyCompletedException", found.id)
        found.verdicts[execution] = asked["status"]
        return {"lifecycleEventHookExecutionId": execution}

    def _group(self, asked: Members) -> Group:
        of_application = [g for g in self.groups if g.application == asked["applicationName"]]
        if not of_application:
            raise AwsError("ApplicationDoesNotExistException", asked["applicationName"])
        for group in of_application:
            if group.name == asked["deploymentGroupName"]:
                return group
        raise AwsError("DeploymentGroupDoesNotExistException", asked["deploymentGroupName"])

    def _find(self, deployment_id: str) -> Deployment:
        if not re.fullmatch(r"d-\w{9}", deployment_id):
            raise AwsError("InvalidDeploymentIdException", deployment_id)
        if deployment_id not in self.deployments:
            raise AwsError("DeploymentDoesNotExistException", deployment_id)
        return self.deployments[deployment_id]

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as CodeDeploy does."""
        return AwsError("AccessDeniedException", message)


def _group(run: Run, resource: Resource) -> Group:
    place = Place.of(resource)
    application, config = place.at("ApplicationName").text, place.at("DeploymentConfigName").text
    on = platform(run.site.stack, resource) or "Server"
    # Servers are not deployed to, so that how is of no interest.
    shift = shift_of(run.site.stack, resource) if on == "Lambda" else Shift(step=100, wait=0)
    if application is None or shift is None:
        raise UnmodelledError(f"how {resource.logical_id} moves traffic: its deployment config")
    return Group(
        resource=resource,
        application=run.names.of(application),
        name=run.names.of(resource.name),
        # What a group without a config does (codedeploy/API_CreateDeploymentGroup).
        config="CodeDeployDefault.LambdaAllAtOnce" if config is None else run.names.of(config),
        shift=shift,
        platform=on,
    )


def _in(group: Group) -> Text:
    arn = group.resource.arn.code
    return Text(arn.split(":", 5)[5])


def _info(found: Deployment) -> Members:
    sha256 = hashlib.sha256(found.move.text.encode()).hexdigest()
    info: Members = {
        "applicationName": found.group.application,
        "deploymentGroupName": found.group.name,
        "deploymentConfigName": found.group.config,
        "deploymentId": found.id,
        "revision": {"revisionType": "AppSpecContent", "appSpecContent": {"sha256": sha256}},
        "status": found.status,
        "errorInformation": found.error,
        "createTime": found.created,
        "description": found.description,
        "creator": found.creator,
        "rollbackInfo": found.rollback,
        "computePlatform": "Lambda",
    }
    return {name: value for name, value in info.items() if value}
