"""Jobs that CodePipeline has a function do: how it asks, and how it is answered.

| rests on | behaviour |
| --- | --- |
| codepipeline/action-reference-Lambda | the event, the answer, the continuation token |
| codepipeline/limits | no answer in 20 minutes is a failure; each answer starts them again |
| codepipeline/API_PutJobSuccessResult | output variables come with the last answer only |
| lambda/invocation-async | CodePipeline invokes asynchronously; a failure is tried twice again |
| lambda/invocation-async | MaximumRetryAttempts of an EventInvokeConfig |

Assumed: CodePipeline asks again `AGAIN` seconds after an answer with a token.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from cicdgen.cloudformation import Text
from cicdgen.iam import RoleSession
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.awslambda import FUNCTION
from cicdgen.rehearsal.run import DeniedError, UnmodelledError
from cicdgen.rehearsal.turn import FailedError
from cicdgen.rehearsal.wire import AwsError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.iam import Principal
    from cicdgen.rehearsal.awslambda import Function, Lambda
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.clock import Process
    from cicdgen.rehearsal.cloudwatch import Metrics
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.turn import Artifact, Turn
    from cicdgen.rehearsal.wire import Members

AGAIN = 30.0
_TIMEOUT = 20 * 60.0
_RETRIES, _WAITS = 2, (60.0, 120.0)


@dataclass(frozen=True, kw_only=True)
class Continued:
    """The job is not done: ask again with this token."""

    token: str


@dataclass(frozen=True, kw_only=True)
class Succeeded:
    """The job is done."""

    variables: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The job has failed."""

    kind: str
    message: str


Answer: TypeAlias = Continued | Succeeded | Failed


class Jobs:
    """The jobs that functions are asked to do."""

    wire = Wire("codepipeline")

    def __init__(self, run: Run, functions: Lambda, catalogue: Catalogue, metrics: Metrics) -> None:
        self._run = run
        self._functions = functions
        self._catalogue = catalogue
        self._metrics = metrics
        self._answers: dict[str, Answer | None] = {}
        self.operations: dict[str, Callable[[Principal, Members], Members]] = {
            "PutJobFailureResult": self._put_failure,
            "PutJobSuccessResult": self._put_success,
        }

    def invoke(self, turn: Turn) -> Process:
        """Ask a function until it says that it is done."""
        function = self._function(turn)
        data: dict[str, Any] = {
            "actionConfiguration": {"configuration": dict(turn.settings)},
            "inputArtifacts": [_told(artifact) for artifact in turn.inputs()],
            "outputArtifacts": [_told(turn.output(str(name))) for name in turn.action.outputs],
            "artifactCredentials": {
                "accessKeyId": role_key(turn.role),
                "secretAccessKey": "rehearsal",
                "sessionToken": "rehearsal",
            },
        }
        if turn.action.store is not None and turn.action.store.key is not None:
            key = self._run.names.of(turn.action.store.key)
            data["encryptionKey"] = {"id": key, "type": "KMS"}
        while True:
            on = self._run.names.read(function.arn)
            page = "codepipeline/action-reference-Lambda"
            self._run.call(turn.role, "lambda:InvokeFunction", on, page)
            job = str(uuid.UUID(int=len(self._answers) + 1))
            self._answers[job] = None
            yield from self._run_to_answer(function, job, data)
            match self._answers[job]:
                case Continued(token=token):
                    data = data | {"continuationToken": token}
                    yield AGAIN
                case Succeeded(variables=variables):
                    turn.variables.update(variables)
                    return
                case Failed(kind=kind, message=message):
                    raise FailedError(f"{function.resource.logical_id} says {kind}: {message}")
                case None:
                    yield _TIMEOUT
                    raise FailedError(
                        f"{function.resource.logical_id} gave no answer in 20 minutes"
                    )

    def _run_to_answer(self, function: Function, job: str, data: dict[str, Any]) -> Process:
        """Invoke; a failure of the function itself is tried again, as Lambda does."""
        account = self._run.names.of(self._run.site.account)
        event = {"CodePipeline.job": {"id": job, "accountId": account, "data": data}}
        for wait in (*_WAITS[: self._retries(function)], None):
            try:
                ended = self._functions.run_code(function, event, "CodePipeline")
            except DeniedError as error:
                self._run.remark(function.resource.logical_id, f"it cannot run: {error}")
                error_text = str(error)
            else:
                error_text = ended.error
            dimensions = {"FunctionName": function.name}
            self._metrics.put("AWS/Lambda", "Invocations", dimensions, 1.0)
            self._metrics.put("AWS/Lambda", "Errors", dimensions, float(bool(error_text)))
            if not error_text:
                return
            if wait is not None:
                yield wait
        self._catalogue.try_all(
            self._run,
            function.resource.logical_id,
            "lambda.keep-dead-letter",
            "lambda.tell-destination",
        )

    def _retries(self, function: Function) -> int:
        for each in self._run.site.every("AWS::Lambda::EventInvokeConfig"):
            named = each.properties.get("FunctionName")
            if self._run.site.find(named, FUNCTION) is function.resource:
                most = Place.of(each).at("MaximumRetryAttempts")
                return int(most.number or 0) if most.is_given else _RETRIES
        return _RETRIES

    def _function(self, turn: Turn) -> Function:
        named = turn.setting("FunctionName")
        try:
            function = self._functions.by_arn(named)
        except AwsError as error:
            raise UnmodelledError(
                f"the function {named} of the action {turn.action.name}: it is not in the template"
            ) from error
        return function

    def _put_success(self, who: Principal, asked: Members) -> Members:
        self._need(who, "codepipeline:PutJobSuccessResult")
        variables, token = asked.get("outputVariables", {}), asked.get("continuationToken")
        if token and variables:
            raise AwsError("ValidationException", "output variables before the last answer")
        self._answer(asked, Continued(token=token) if token else Succeeded(variables=variables))
        return {}

    def _put_failure(self, who: Principal, asked: Members) -> Members:
        self._need(who, "codepipeline:PutJobFailureResult")
        details = asked["failureDetails"]
        self._answer(asked, Failed(kind=details["type"], message=details["message"]))
        return {}

    def _need(self, who: Principal, action: str) -> None:
        page = f"codepipeline/API_{action.partition(':')[2]}"
        self._run.call(who, action, Text("*"), page)

    def _answer(self, asked: Members, answer: Answer) -> None:
        job = asked["jobId"]
        if job not in self._answers:
            raise AwsError("JobNotFoundException", job)
        if self._answers[job] is not None:
            raise AwsError("InvalidJobStateException", f"{job} has its answer")
        self._answers[job] = answer

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as CodePipeline does."""
        return AwsError("AccessDeniedException", message)


def role_key(who: Principal) -> str:
    """The access key of the credentials that a role hands out for its artifacts."""
    if not isinstance(who, RoleSession):
        raise UnmodelledError(f"credentials of {who}")
    return "ASIB" + hashlib.sha256(who.role.code.encode()).hexdigest()[:16].upper()


def _told(artifact: Artifact) -> dict[str, Any]:
    where = {"bucketName": artifact.bucket, "objectKey": artifact.key}
    return {
        "name": artifact.name,
        "revision": None,
        "location": {"type": "S3", "s3Location": where},
    }
