"""The hooks of a deployment: functions that say whether it goes on.

| rests on | behaviour |
| --- | --- |
| codedeploy/reference-appspec-file-structure-hooks | what a hook is told, and how it answers |
| codedeploy/reference-appspec-file-structure-hooks | a hook that says nothing in an hour fails |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.rehearsal.timeline import LifecycleEnded, Status
from cicdgen.rehearsal.wire import AwsError

if TYPE_CHECKING:
    from cicdgen.iam import RoleSession
    from cicdgen.rehearsal.awslambda import Lambda
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.codedeploy import Deployment
    from cicdgen.rehearsal.run import Run

_HOUR = 3600.0


class StoppedError(Exception):
    """The deployment ends here: a code of CodeDeploy's, and why."""

    def __init__(self, status: Status, code: str, message: str, trigger: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.trigger = trigger


def run_hook(
    run: Run, functions: Lambda, deployment: Deployment, role: RoleSession, event: str
) -> Process:
    """Let a deployment's hook for an event say whether it goes on.

    Raises:
        StoppedError: it does not.
        DeniedError: the hook may not be invoked.
    """
    named = deployment.move.hooks.get(event)
    if not named:
        return
    try:
        hook = functions.by_arn(named)
    except AwsError as error:
        raise _failed(run, deployment, event, str(error)) from error
    on = run.names.read(hook.arn)
    page = "codedeploy/reference-appspec-file-structure-hooks"
    run.call(role, "lambda:InvokeFunction", on, page)
    execution = f"hook-{event}-of-{deployment.id}"
    deployment.verdicts[execution] = ""
    told = {"DeploymentId": deployment.id, "LifecycleEventHookExecutionId": execution}
    functions.run_code(hook, told, f"CodeDeploy, {event}")
    yield 5.0
    verdict = deployment.verdicts[execution]
    if not verdict:
        yield _HOUR
        raise _failed(run, deployment, event, f"{named} said nothing in an hour")
    if verdict != "Succeeded":
        raise _failed(run, deployment, event, f"the hook {named} says {verdict}")
    run.tell(
        LifecycleEnded(at=run.now, deployment=deployment.id, event=event, status=Status.SUCCEEDED)
    )


def _failed(run: Run, deployment: Deployment, event: str, because: str) -> StoppedError:
    run.tell(
        LifecycleEnded(
            at=run.now,
            deployment=deployment.id,
            event=event,
            status=Status.FAILED,
            because=because,
        )
    )
    message = f"{event}: {because}"
    return StoppedError(Status.FAILED, "HOOK_EXECUTION_FAILURE", message, "DEPLOYMENT_FAILURE")
