"""Lambda: functions with their versions and aliases, and running those whose code is here.

| rests on | behaviour |
| --- | --- |
| lambda/API_PublishVersion | the last version again if code and configuration are the same |
| lambda/API_PublishVersion | a CodeSha256 that is not that of $LATEST is refused |
| lambda/API_UpdateFunctionCode | code is read from S3 with the caller's rights |
| lambda/configuration-envvars-encryption | a grant on the key is made as whoever configures |
| lambda/API_Invoke | the function's own failure is status 200 and FunctionError |
| lambda/lambda-api-permissions-ref | a qualifier makes it the qualified ARN |
| lambda/configuration-aliases | an alias points at one version, and at a second with a weight |
| lambda/invocation-async | an asynchronous failure is tried twice more, after 1 and 2 minutes |
| lambda/configuration-concurrency | a function with a reserved concurrency of 0 runs no call |

An update is done at once: how long one takes is not modelled. What a released version answers is
the scenario's to say: the code of a release does not run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.hops.encryption import MANAGED, grant, key_named
from cicdgen.rehearsal.run import DeniedError
from cicdgen.rehearsal.timeline import FunctionInvoked
from cicdgen.rehearsal.versions import FUNCTION, access_key, digest, function_of, is_throttled
from cicdgen.rehearsal.wire import AwsError, UnknownError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from cicdgen.iam import Principal
    from cicdgen.rehearsal.catalogue import Catalogue
    from cicdgen.rehearsal.functions import Ended, Host
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3
    from cicdgen.rehearsal.sandboxed import Twin
    from cicdgen.rehearsal.versions import Alias, Function
    from cicdgen.rehearsal.wire import Members

LATEST = "$LATEST"
_CODE = {"FunctionName", "S3Bucket", "S3Key", "S3ObjectVersion", "Publish"}


class Lambda:
    """The functions of a stack.

    Attributes:
        answer: what a version answers: None for success, or the kind of its error.
    """

    wire = Wire("lambda")

    def __init__(
        self, run: Run, s3: S3, catalogue: Catalogue, host: Host, twin: Twin | None = None
    ) -> None:
        self._run = run
        self._s3 = s3
        self._catalogue = catalogue
        self._host = host
        self._twin = twin
        self._requests = 0
        self.answer: Callable[[str, str], str | None] = lambda _function, _version: None
        self.functions = {
            f.name: f for f in (function_of(run, each) for each in run.site.every(FUNCTION))
        }
        self.operations: dict[str, Callable[[Principal, Members], Members]] = {
            "GetAlias": self._get_alias,
            "GetFunction": self._get_function,
            "Invoke": self._invoke,
            "PublishVersion": self._publish_version,
            "UpdateFunctionCode": self._update_function_code,
        }

    def by_arn(self, arn: str) -> Function:
        """The function that a name or an ARN is of."""
        name = arn.split(":")[6] if arn.startswith("arn:") else arn.partition(":")[0]
        if name not in self.functions:
            raise _missing(name)
        return self.functions[name]

    def run_code(self, function: Function, event: object, by: str) -> Ended:
        """Run a function whose code is in the template, as its role.

        Raises:
            DeniedError: Lambda may not assume the role, or runs none of its calls.
        """
        run, resource = self._run, function.resource
        if is_throttled(resource):
            raise DeniedError(f"every call of {resource.logical_id} is throttled: 0 are reserved")
        self._begun(function)
        self._requests += 1
        ended = self._host.invoke(
            resource, run.names, access_key(resource), event, f"request-{self._requests}"
        )
        for line in ended.log.splitlines():
            run.log(resource.logical_id, line)
        run.tell(
            FunctionInvoked(at=run.now, function=resource.logical_id, by=by, error=ended.error)
        )
        return ended

    def _begun(self, function: Function) -> None:
        """What Lambda does for every invocation: be the role, and write down what happens."""
        name = function.resource.logical_id
        self._catalogue.fire(self._run, name, "lambda.assume-role")
        self._catalogue.try_all(
            self._run, name, "lambda.write-log", "lambda.encrypt-log", "lambda.trace"
        )

    def _need(self, who: Principal, action: str, asked: Members) -> Function:
        function = self.by_arn(asked["FunctionName"])
        on = self._run.names.read(function.arn)
        if qualifier := asked.get("Qualifier"):
            on += f":{qualifier}"
        self._run.call(who, action, on, f"lambda/API_{action.partition(':')[2]}")
        return function

    def _get_alias(self, who: Principal, asked: Members) -> Members:
        function = self.by_arn(asked["FunctionName"])
        alias = self.look_at_alias(who, function, asked["Name"])
        found: Members = {"Name": alias.name, "FunctionVersion": alias.version}
        if alias.weights:
            found["RoutingConfig"] = {"AdditionalVersionWeights": alias.weights}
        return found

    def look_at_alias(self, who: Principal, function: Function, name: str) -> Alias:
        """GetAlias, as somebody. Which of the two ARNs is asked is not told."""
        arn = self._run.names.read(function.arn)
        self._run.call(who, "lambda:GetAlias", (arn, arn + f":{name}"), "lambda/API_GetAlias")
        if name not in function.aliases:
            raise _missing(f"alias {name} of {function.name}")
        return function.aliases[name]

    def move_alias(
        self, who: Principal, function: Function, name: str, version: str, weights: dict[str, float]
    ) -> None:
        """UpdateAlias, as somebody; as `look_at_alias`."""
        arn = self._run.names.read(function.arn)
        self._run.call(who, "lambda:UpdateAlias", (arn, arn + f":{name}"), "lambda/API_UpdateAlias")
        alias = function.aliases[name]
        alias.version, alias.weights = version, weights
        if self._twin is not None:
            self._twin.move(function.name, name, version, weights)

    def _get_function(self, who: Principal, asked: Members) -> Members:
        function = self._need(who, "lambda:GetFunction", asked)
        version = asked.get("Qualifier", LATEST)
        status = {"LastUpdateStatus": "Successful", "State": "Active"}
        return {"Configuration": self._configuration(function, version) | status}

    def _update_function_code(self, who: Principal, asked: Members) -> Members:
        if unknown := asked.keys() ^ _CODE:
            raise UnknownError(f"UpdateFunctionCode with or without {unknown}")
        if asked["Publish"]:
            raise UnknownError("UpdateFunctionCode that publishes")
        function = self._need(who, "lambda:UpdateFunctionCode", asked)
        bucket, key, version = asked["S3Bucket"], asked["S3Key"], asked["S3ObjectVersion"]
        _refuse_other_code(function)
        source = "lambda/API_UpdateFunctionCode"
        try:
            held = self._s3.read(who, bucket, key, version, source)
        except DeniedError as error:
            raise DeniedError(
                "Your access has been denied by S3, please make sure your request credentials have "
                f"permission to GetObject for {bucket}/{key}. S3 Error Code: AccessDenied. S3 Error"
                f" Message: {error}"
            ) from error
        self._keep_environment(who, function)
        function.latest = digest(held.body)
        if self._twin is not None:
            _agree("code", function.latest, self._twin.update(function.name, bucket, key, version))
        return self._configuration(function, LATEST) | {"LastUpdateStatus": "InProgress"}

    def replace_code(self, who: Principal, function: Function, package: bytes) -> None:
        """UpdateFunctionCode with the package itself, once somebody is allowed to."""
        _refuse_other_code(function)
        self._keep_environment(who, function)
        function.latest = digest(package)
        if self._twin is not None:
            _agree("code", function.latest, self._twin.upload(function.name, package))

    def _keep_environment(self, who: Principal, function: Function) -> None:
        site = self._run.site
        key = key_named(site, function.resource.properties.get("KmsKeyArn"))
        if key is not None and key != MANAGED:
            page = "lambda/configuration-envvars-encryption"
            self._run.mention(who, grant(site, who, key), page)

    def _publish_version(self, who: Principal, asked: Members) -> Members:
        function = self._need(who, "lambda:PublishVersion", asked)
        if asked.get("CodeSha256", function.latest) != function.latest:
            raise AwsError(
                "InvalidParameterValueException",
                f"CodeSHA256 ({asked['CodeSha256']}) is different from current CodeSHA256 in "
                f"$LATEST ({function.latest}).",
            )
        last = max(function.published, key=int, default="0")
        if function.published.get(last) != function.latest:
            last = str(int(last) + 1)
            function.published[last] = function.latest
            # The sandbox makes a new version each time: it is not asked where AWS makes none.
            if self._twin is not None:
                _agree("version", last, self._twin.publish(function.name))
        return self._configuration(function, last)

    def _invoke(self, who: Principal, asked: Members) -> Members:
        function = self._need(who, "lambda:InvokeFunction", asked)
        version = asked.get("Qualifier", LATEST)
        if asked.get("InvocationType", "RequestResponse") != "RequestResponse":
            raise UnknownError(f"an invocation of type {asked['InvocationType']}")
        self._configuration(function, version)
        if is_throttled(function.resource):
            raise AwsError("TooManyRequestsException", "Rate Exceeded.", status=429)
        error = self.answer(function.resource.logical_id, version)
        if error is None and self._twin is not None:
            event = str(asked.get("Payload") or "null").encode()
            error = self._twin.invoke(function.name, version, event)
        run = self._run
        by = run.site.who(who)
        name = f"{function.resource.logical_id}:{version}"
        run.tell(FunctionInvoked(at=run.now, function=name, by=by, error=error or ""))
        self._begun(function)
        if error is None:
            return {"ExecutedVersion": version, "Payload": b"null"}
        payload = json.dumps({"errorType": error, "errorMessage": "made by the rehearsal"})
        return {
            "FunctionError": "Unhandled",
            "ExecutedVersion": version,
            "Payload": payload.encode(),
        }

    def _configuration(self, function: Function, version: str) -> Members:
        held = function.latest if version == LATEST else function.published.get(version)
        if held is None:
            raise _missing(f"version {version} of {function.name}")
        return {
            "FunctionName": function.name,
            "FunctionArn": f"{function.arn}:{version}",
            "Version": version,
            "CodeSha256": held,
        }

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as Lambda does."""
        return AwsError("AccessDeniedException", message, status=403)


def _refuse_other_code(function: Function) -> None:
    """What is released has to be a plain zip: signatures and images are not modelled."""
    resource = function.resource
    if resource.properties.get("CodeSigningConfigArn") is not None:
        raise UnknownError(f"code signing, which {resource.logical_id} asks for")
    if resource.properties.get("PackageType") == Text("Image"):
        raise UnknownError(f"code of {resource.logical_id}, which is an image")


def _agree(what: str, ours: str, theirs: str) -> None:
    if ours != theirs:
        raise UnknownError(f"the {what} is {ours} to the model, and {theirs} to the sandbox")


def _missing(name: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"not found: {name}", status=404)
