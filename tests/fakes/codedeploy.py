"""CodeDeploy: one application with one deployment group that shifts a Lambda alias.

| rests on | behaviour |
| --- | --- |
| codedeploy/auth-and-access-control-permissions-reference | CreateDeployment needs two more |
| codedeploy/deployments-rollback-and-redeploy | a rollback is a deployment of its own |
| codedeploy/API_GetDeployment | the AppSpec's content is never returned |
| codedeploy/API_BatchGetDeployments | at most 25 ids |
| codedeploy/API_PutLifecycleEventHookExecutionStatus | Succeeded or Failed, once |
| CircleCI-Public/aws-ecs-orb issue 181 | DeploymentLimitExceededException: one at a time |
| aws/serverless-application-model issue 291 | an alias that is not on CurrentVersion |

Not known, and the fake's choice, the harder one for the caller: a description of more than 100
characters is too long; a rollback has the description of what it undoes, and is listed before it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fakes import appspec
from tests.fakes.access import arn
from tests.fakes.awslambda import Alias

from cicdgen.rehearsal.wire import AwsError, UnknownError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.access import Access
    from tests.fakes.awslambda import Lambda

    from cicdgen.rehearsal.wire import Members

CONFIG = "CodeDeployDefault.LambdaCanary10Percent10Minutes"
_ACTIVE = {"Created", "Queued", "InProgress", "Baking", "Ready"}
_BATCH = 25
_DESCRIPTION = 100


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment, as far as anyone can ask for it."""

    id: str
    current: str
    target: str
    description: str
    content: str
    creator: str = "user"
    status: str = "Created"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    error: Members = field(default_factory=dict)
    rollback: Members = field(default_factory=dict)


class CodeDeploy:
    """One deployment group. Its public verbs, such as `succeed`, are what time brings."""

    wire = Wire("codedeploy")

    def __init__(self, access: Access, function: Lambda, *, application: str, group: str) -> None:
        self._access = access
        self._function = function
        self._application = application
        self._group = group
        self.deployments: dict[str, Deployment] = {}
        self.verdicts: dict[str, str] = {}
        self.page_size = 100
        self.operations: dict[str, Callable[[Members], Members]] = {
            "BatchGetDeployments": self.batch_get_deployments,
            "CreateDeployment": self.create_deployment,
            "GetDeployment": self.get_deployment,
            "ListDeployments": self.list_deployments,
            "PutLifecycleEventHookExecutionStatus": self.put_hook_status,
        }

    def begin(self, *, target: str, description: str = "", age: timedelta = timedelta()) -> str:
        """Add a deployment to `target`, made by whoever; return its id."""
        deployment = Deployment(
            id=f"d-{len(self.deployments) + 1:09}",
            current=self._function.alias.version,
            target=target,
            description=description,
            content="",
            created=datetime.now(UTC) - age,
        )
        self.deployments[deployment.id] = deployment
        return deployment.id

    def shift(self, deployment_id: str) -> None:
        """Send the canary's share of the traffic to the new version."""
        found = self._set(deployment_id, status="InProgress")
        self._function.alias = Alias(version=found.current, weights={found.target: 0.1})

    def succeed(self, deployment_id: str) -> None:
        """Move the alias to the new version."""
        found = self._set(deployment_id, status="Succeeded")
        self._function.alias = Alias(version=found.target, weights={})

    def roll_back(self, deployment_id: str, *, status: str, error: Members) -> str:
        """End a deployment as `Failed` or `Stopped`; move the alias back by another one."""
        undone = self.deployments[deployment_id]
        rollback = self.begin(target=undone.current, description=undone.description)
        self._set(rollback, creator="codeDeployRollback", status="Succeeded")
        info = {"rollbackDeploymentId": rollback, "rollbackMessage": "rolled back"}
        self._set(deployment_id, status=status, error=error, rollback=info)
        self._function.alias = Alias(version=undone.current, weights={})
        return rollback

    def hook_event(self, deployment_id: str) -> dict[str, str]:
        """Return the event with which CodeDeploy invokes a hook."""
        return {
            "DeploymentId": deployment_id,
            "LifecycleEventHookExecutionId": f"hook-of-{deployment_id}",
        }

    def create_deployment(self, asked: Members) -> Members:
        """CreateDeployment, with the AppSpec in the call."""
        self._need("codedeploy:CreateDeployment")
        self._access.need(
            "codedeploy:GetDeploymentConfig", arn("codedeploy", f"deploymentconfig:{CONFIG}")
        )
        self._access.need(
            "codedeploy:RegisterApplicationRevision",
            arn("codedeploy", f"application:{self._application}"),
        )
        self._belongs(asked)
        if len(asked["description"]) > _DESCRIPTION:
            raise AwsError("DescriptionTooLongException", "The description is too long.")
        for deployment in self.deployments.values():
            if deployment.status in _ACTIVE:
                raise AwsError(
                    "DeploymentLimitExceededException",
                    f"The Deployment Group '{self._group}' already has an active Deployment "
                    f"'{deployment.id}'",
                )
        content, properties = appspec.read(asked["revision"], self._function)
        made = self.begin(target=properties["TargetVersion"], description=asked["description"])
        self._set(made, content=content, current=properties["CurrentVersion"])
        if self._function.alias.version != properties["CurrentVersion"]:
            error = {
                "code": "INVALID_LAMBDA_CONFIGURATION",
                "message": "The Lambda function alias version does not match the current version "
                "in AppSpec file.",
            }
            self._set(made, status="Failed", error=error)
        return {"deploymentId": made}

    def get_deployment(self, asked: Members) -> Members:
        """GetDeployment."""
        self._need("codedeploy:GetDeployment")
        return {"deploymentInfo": self._info(self._find(asked["deploymentId"]))}

    def list_deployments(self, asked: Members) -> Members:
        """ListDeployments of the group, since a time, page by page."""
        self._need("codedeploy:ListDeployments")
        self._belongs(asked)
        if unknown := asked.keys() - {*_GROUP, "createTimeRange", "nextToken"}:
            raise UnknownError(f"ListDeployments by {unknown}")
        since = asked["createTimeRange"]["start"]
        newest_first = reversed(self.deployments.values())
        ids = [found.id for found in newest_first if found.created >= since]
        first = int(asked.get("nextToken", "0"))
        after = first + self.page_size
        page: Members = {"deployments": ids[first:after]}
        return page | ({"nextToken": str(after)} if after < len(ids) else {})

    def batch_get_deployments(self, asked: Members) -> Members:
        """BatchGetDeployments."""
        self._need("codedeploy:BatchGetDeployments")
        ids = asked["deploymentIds"]
        if len(ids) > _BATCH:
            raise AwsError("BatchLimitExceededException", f"{len(ids)} deployments")
        if unknown := set(ids) - self.deployments.keys():
            raise UnknownError(f"BatchGetDeployments of {unknown}")
        return {"deploymentsInfo": [self._info(self.deployments[one]) for one in ids]}

    def put_hook_status(self, asked: Members) -> Members:
        """PutLifecycleEventHookExecutionStatus."""
        self._access.need("codedeploy:PutLifecycleEventHookExecutionStatus", "*")
        found = self._find(asked["deploymentId"])
        execution = asked["lifecycleEventHookExecutionId"]
        if execution != self.hook_event(found.id)["LifecycleEventHookExecutionId"]:
            raise AwsError("InvalidLifecycleEventHookExecutionIdException", execution)
        if asked["status"] not in {"Succeeded", "Failed"}:
            raise AwsError("InvalidLifecycleEventHookExecutionStatusException", asked["status"])
        if found.id in self.verdicts:
            raise AwsError("LifecycleEventAlreadyCompletedException", found.id)
        self.verdicts[found.id] = asked["status"]
        return {"lifecycleEventHookExecutionId": execution}

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as CodeDeploy does."""
        return AwsError("AccessDeniedException", message)

    @staticmethod
    def throttled(message: str) -> AwsError:
        """Word throttling as CodeDeploy does."""
        return AwsError("ThrottlingException", message)

    def _need(self, action: str) -> None:
        group = f"deploymentgroup:{self._application}/{self._group}"
        self._access.need(action, arn("codedeploy", group))

    def _belongs(self, asked: Members) -> None:
        if asked["applicationName"] != self._application:
            raise AwsError("ApplicationDoesNotExistException", asked["applicationName"])
        if asked["deploymentGroupName"] != self._group:
            raise AwsError("DeploymentGroupDoesNotExistException", asked["deploymentGroupName"])

    def _find(self, deployment_id: str) -> Deployment:
        if not re.fullmatch(r"d-\w{9}", deployment_id):
            raise AwsError("InvalidDeploymentIdException", deployment_id)
        if deployment_id not in self.deployments:
            raise AwsError("DeploymentDoesNotExistException", deployment_id)
        return self.deployments[deployment_id]

    def _set(self, deployment_id: str, **changes: Any) -> Deployment:  # noqa: ANN401 - any field
        changed = replace(self.deployments[deployment_id], **changes)
        self.deployments[deployment_id] = changed
        return changed

    def _info(self, found: Deployment) -> Members:
        revision = {
            "revisionType": "AppSpecContent",
            "appSpecContent": {"sha256": hashlib.sha256(found.content.encode()).hexdigest()},
        }
        info = {
            "applicationName": self._application,
            "deploymentGroupName": self._group,
            "deploymentConfigName": CONFIG,
            "deploymentId": found.id,
            "revision": revision,
            "status": found.status,
            "errorInformation": found.error,
            "createTime": found.created,
            "description": found.description,
            "creator": found.creator,
            "rollbackInfo": found.rollback,
            "computePlatform": "Lambda",
        }
        return {name: value for name, value in info.items() if value}


_GROUP = ("applicationName", "deploymentGroupName")
