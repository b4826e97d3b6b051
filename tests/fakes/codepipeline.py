"""CodePipeline: the jobs of one Lambda invoke action.

| rests on | behaviour |
| --- | --- |
| codepipeline/action-reference-Lambda | the event, with the job's credentials in it |
| codepipeline/action-reference-Lambda | an answer with a token brings an event with it |
| codepipeline/API_PutJobSuccessResult | "future jobs" use the token: each event is a new job |
| codepipeline/API_PutJobSuccessResult | output variables only in the last answer |
| codepipeline/API_PutJobSuccessResult | an unknown job: JobNotFoundException |

Not known, and the fake's choice: a job that has its answer refuses any other with
InvalidJobStateException.
"""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.access import ACCOUNT

from cicdgen.rehearsal.wire import AwsError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.access import Access

    from cicdgen.rehearsal.wire import Members

Event = dict[str, Any]

SECRETS = ("ASIAFAKEKEYOFTHEJOB", "fakeSecretKeyOfTheJob", "fakeSessionTokenOfTheJob")
"""The credentials in every event, which nobody may log."""


@dataclass(frozen=True, kw_only=True)
class Continued:
    """The action goes on; CodePipeline will ask again, with the continuation token."""

    continuation: str


@dataclass(frozen=True, kw_only=True)
class Succeeded:
    """The action is done."""

    variables: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The action has failed."""

    type: str
    message: str


Answer = Continued | Succeeded | Failed


class CodePipeline:
    """The jobs, and what they were answered."""

    wire = Wire("codepipeline")

    def __init__(self, access: Access) -> None:
        self._access = access
        self._events: dict[str, Event] = {}
        self._answers: dict[str, Answer] = {}
        self.operations: dict[str, Callable[[Members], Members]] = {
            "PutJobFailureResult": self.put_job_failure_result,
            "PutJobSuccessResult": self.put_job_success_result,
        }

    @property
    def answers(self) -> list[Answer]:
        """Every job's answer, in the order in which they came."""
        return [*self._answers.values()]

    def start(self, bucket: str, key: str) -> Event:
        """Begin the action on an artifact; return the first event."""
        data = {
            "actionConfiguration": {"configuration": {"FunctionName": "deployer"}},
            "inputArtifacts": [
                {
                    "name": "BuildOutput",
                    "revision": None,
                    "location": {
                        "type": "S3",
                        "s3Location": {"bucketName": bucket, "objectKey": key},
                    },
                }
            ],
            "outputArtifacts": [],
            "artifactCredentials": dict(
                zip(("accessKeyId", "secretAccessKey", "sessionToken"), SECRETS, strict=True)
            ),
            "encryptionKey": {"id": "the-key", "type": "KMS"},
        }
        return self._event(data)

    def again(self) -> Event:
        """Return the event that follows the latest answer, which must bear a token."""
        job, answer = [*self._answers.items()][-1]
        if not isinstance(answer, Continued):
            raise TypeError(f"{answer} is final")
        data = self._events[job]["CodePipeline.job"]["data"]
        return self._event(data | {"continuationToken": answer.continuation})

    def lose_answer(self, event: Event) -> None:
        """Forget a job's answer, as if it had never arrived."""
        del self._answers[event["CodePipeline.job"]["id"]]

    def put_job_success_result(self, asked: Members) -> Members:
        """PutJobSuccessResult."""
        self._access.need("codepipeline:PutJobSuccessResult", "*")
        variables = asked.get("outputVariables", {})
        token = asked.get("continuationToken")
        if token and variables:
            raise AwsError("ValidationException", "output variables before the last answer")
        self._answer(
            asked, Continued(continuation=token) if token else Succeeded(variables=variables)
        )
        return {}

    def put_job_failure_result(self, asked: Members) -> Members:
        """PutJobFailureResult."""
        self._access.need("codepipeline:PutJobFailureResult", "*")
        details = asked["failureDetails"]
        self._answer(asked, Failed(type=details["type"], message=details["message"]))
        return {}

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as CodePipeline does."""
        return AwsError("AccessDeniedException", message)

    @staticmethod
    def throttled(message: str) -> AwsError:
        """Word throttling as CodePipeline does."""
        return AwsError("ThrottlingException", message)

    def _event(self, data: Members) -> Event:
        job = str(uuid.uuid4())
        event = {"CodePipeline.job": {"id": job, "accountId": ACCOUNT, "data": data}}
        self._events[job] = event
        return copy.deepcopy(event)

    def _answer(self, asked: Members, answer: Answer) -> None:
        job = asked["jobId"]
        if job not in self._events:
            raise AwsError("JobNotFoundException", job)
        if job in self._answers:
            raise AwsError("InvalidJobStateException", f"{job} has its answer")
        self._answers[job] = answer
