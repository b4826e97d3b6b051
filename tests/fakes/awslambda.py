"""Lambda: one function, its versions and aliases.

| rests on | behaviour |
| --- | --- |
| lambda/API_PublishVersion | the last version again if code and configuration are the same |
| lambda/API_PublishVersion | a CodeSha256 that is not that of $LATEST is refused |
| lambda/functions-states | ResourceConflictException while an update is under way |
| lambda/API_UpdateFunctionCode | code is read from S3 with the caller's rights |
| lambda/API_Invoke | the function's own failure is status 200 and FunctionError |
| lambda/lambda-api-permissions-ref | a qualifier makes it the qualified ARN |

Not known, and the fake's choice: how many polls an update takes (`polls`).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.fakes.access import DeniedError, arn

from cicdgen.rehearsal.wire import AwsError, UnknownError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.access import Access
    from tests.fakes.s3 import S3

    from cicdgen.rehearsal.wire import Members

LATEST = "$LATEST"


class FunctionError(Exception):
    """The function's own failure; what it answers then, in JSON unless the runtime broke."""

    def __init__(self, payload: bytes) -> None:
        super().__init__(payload)
        self.payload = payload


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What a version holds: the digest of its code, and which configuration."""

    sha256: str
    configuration: int = 1


@dataclass(frozen=True, kw_only=True)
class Alias:
    """Where an alias points, and what share of its traffic goes elsewhere."""

    version: str
    weights: dict[str, float]


class Lambda:
    """One function, `name`, as its template leaves it: version 1 with the alias on it."""

    wire = Wire("lambda")

    def __init__(self, access: Access, s3: S3, *, name: str, alias: str) -> None:
        self._access = access
        self._s3 = s3
        self.name = name
        self._published = {"1": Snapshot(sha256=digest(b"placeholder"))}
        self._latest = self._published["1"]
        self._pending: dict[str, int] = {}
        self.alias_name = alias
        self.alias = Alias(version="1", weights={})
        self.polls = 0
        self.answer: Callable[[str, str], bytes] = lambda _version, _event: b"null"
        self.operations: dict[str, Callable[[Members], Members]] = {
            "GetAlias": self.get_alias,
            "GetFunction": self.get_function,
            "Invoke": self.invoke,
            "PublishVersion": self.publish_version,
            "UpdateFunctionCode": self.update_function_code,
        }

    @property
    def versions(self) -> list[str]:
        """The published versions, oldest first."""
        return [*self._published]

    def reconfigure(self) -> None:
        """Change the configuration of $LATEST, as an update of the stack does."""
        self._latest = replace(self._latest, configuration=self._latest.configuration + 1)

    def get_alias(self, asked: Members) -> Members:
        """GetAlias."""
        self._need("lambda:GetAlias", asked)
        if asked["Name"] != self.alias_name:
            raise _missing(asked["Name"])
        alias: Members = {"Name": self.alias_name, "FunctionVersion": self.alias.version}
        if self.alias.weights:
            alias["RoutingConfig"] = {"AdditionalVersionWeights": self.alias.weights}
        return alias

    def get_function(self, asked: Members) -> Members:
        """GetFunction: what the V2 waiters poll."""
        self._need("lambda:GetFunction", asked)
        version = asked.get("Qualifier", LATEST)
        field, busy, done = (
            ("LastUpdateStatus", "InProgress", "Successful")
            if version == LATEST
            else ("State", "Pending", "Active")
        )
        left = self._pending.get(version, 0)
        self._pending[version] = max(left - 1, 0)
        configuration = self._configuration(version) | {field: busy if left else done}
        return {"Configuration": configuration}

    def update_function_code(self, asked: Members) -> Members:
        """UpdateFunctionCode, from S3 and without publishing."""
        self._need("lambda:UpdateFunctionCode", asked)
        self._settled()
        if asked.keys() != {"FunctionName", "S3Bucket", "S3Key", "S3ObjectVersion", "Publish"}:
            raise UnknownError(f"UpdateFunctionCode with {[*asked]}")
        try:
            code = self._s3.read(asked["S3Bucket"], asked["S3Key"], asked["S3ObjectVersion"])
        except DeniedError as error:
            raise DeniedError(
                "Your access has been denied by S3, please make sure your request credentials have "
                f"permission to GetObject for {asked['S3Bucket']}/{asked['S3Key']}. S3 Error Code: "
                f"AccessDenied. S3 Error Message: {error}"
            ) from error
        self._latest = replace(self._latest, sha256=digest(code))
        self._pending[LATEST] = self.polls
        return self._configuration(LATEST) | {"LastUpdateStatus": "InProgress"}

    def publish_version(self, asked: Members) -> Members:
        """PublishVersion."""
        self._need("lambda:PublishVersion", asked)
        self._settled()
        if asked.get("CodeSha256", self._latest.sha256) != self._latest.sha256:
            raise AwsError(
                "InvalidParameterValueException",
                f"CodeSHA256 ({asked['CodeSha256']}) is different from current CodeSHA256 in "
                f"$LATEST ({self._latest.sha256}).",
            )
        last = self.versions[-1]
        if self._published[last] != self._latest:
            last = str(int(last) + 1)
            self._published[last] = self._latest
            self._pending[last] = self.polls
        return self._configuration(last)

    def invoke(self, asked: Members) -> Members:
        """Invoke, synchronously: `answer` stands for the function's code."""
        self._need("lambda:InvokeFunction", asked)
        version = asked["Qualifier"]
        self._configuration(version)
        try:
            return {"ExecutedVersion": version, "Payload": self.answer(version, asked["Payload"])}
        except FunctionError as error:
            return {
                "FunctionError": "Unhandled",
                "ExecutedVersion": version,
                "Payload": error.payload,
            }

    def arn(self, qualifier: str | None = None) -> str:
        """Spell the function's ARN, or a version's."""
        return arn("lambda", f"function:{self.name}" + (f":{qualifier}" if qualifier else ""))

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as Lambda does."""
        return AwsError("AccessDeniedException", message, status=403)

    @staticmethod
    def throttled(message: str) -> AwsError:
        """Word throttling as Lambda does."""
        return AwsError("TooManyRequestsException", message, status=429)

    def _need(self, action: str, asked: Members) -> None:
        self._access.need(action, self.arn(asked.get("Qualifier")))
        if asked["FunctionName"] != self.name:
            raise _missing(asked["FunctionName"])

    def _settled(self) -> None:
        if self._pending.get(LATEST, 0):
            raise AwsError(
                "ResourceConflictException",
                "The operation cannot be performed at this time. An update is in progress for "
                f"resource: {self.arn()}",
                status=409,
            )

    def _configuration(self, version: str) -> Members:
        if version != LATEST and version not in self._published:
            raise _missing(version)
        held = self._latest if version == LATEST else self._published[version]
        return {
            "FunctionName": self.name,
            "FunctionArn": self.arn(version),
            "Version": version,
            "CodeSha256": held.sha256,
        }


def digest(code: bytes) -> str:
    """Return a package's CodeSha256: base64 of its SHA-256."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def _missing(name: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"not found: {name}", status=404)
