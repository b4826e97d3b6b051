"""Policies that are put together from several resources of a template, and from others elsewhere.

A function's, of one statement for each `AWS::Lambda::Permission`; an event bus's; and an account's
for its log groups. Sources: lambda/access-control-resource-based (a permission is for one function,
version or alias, and not for others of the same function), AWSCloudFormation/aws-resource-TYPE.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cicdgen.cloudformation.intrinsics import as_text
from cicdgen.cloudformation.naming import Naming
from cicdgen.cloudformation.return_values import RETURN_VALUES
from cicdgen.cloudformation.stack import Resource, Stack
from cicdgen.cloudformation.text import ANY_RUN, Text
from cicdgen.cloudformation.values import Fields, Json, Value
from cicdgen.iam.parse import RESOURCE, read_document, read_json
from cicdgen.iam.policies import ResourcePolicy
from cicdgen.iam.statement import Origin

_CONDITIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
        "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
        "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
        "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
        "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
        "SourceArn": ("ArnLike", "AWS:SourceArn"),
    }
)


def shared_policies(stack: Stack) -> Iterator[ResourcePolicy]:
    """The statements that a template adds to policies which may have others."""
    for permission in stack.of_type("AWS::Lambda::Permission"):
        function = _function(permission)
        value = read_json({"Statement": [_statement(permission, function)]}, permission.path)
        yield _shared(permission, value, "lambda", function.code)
    for policy in stack.of_type("AWS::Events::EventBusPolicy"):
        statement, path = policy.properties.get("Statement"), (*policy.path, "Statement")
        value = Fields({"Statement": statement}, {"Statement": path}, path)
        yield _shared(policy, value, "events", _bus(policy).code)
    for policy in stack.of_type("AWS::Logs::ResourcePolicy"):
        yield _shared(policy, policy.properties.get("PolicyDocument"), "logs", ANY_RUN)


def _shared(resource: Resource, value: Value, service: str, covers: str) -> ResourcePolicy:
    origin = Origin(resource=resource.logical_id, path=resource.path)
    return ResourcePolicy(
        to=Text(covers),
        document=read_document(value, origin, RESOURCE),
        service=service,
        covers=(covers,),
        certain=resource.exists is True,
        whole=False,
    )


def _statement(permission: Resource, function: Text) -> dict[str, Json]:
    """The statement that Lambda makes of a permission."""
    properties = permission.properties
    tests: dict[str, dict[str, str]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        value = as_text(properties.get(name))
        if value is not None:
            tests.setdefault(operator, {})[key] = value.code
    action = as_text(properties.get("Action"))
    return {
        "Effect": "Allow",
        "Principal": _principal(as_text(properties.get("Principal"))),
        "Action": action.code if action else None,
        "Resource": function.code,
        **({"Condition": tests} if tests else {}),
    }


def _function(permission: Resource) -> Text:
    """The ARN of the function, alias or version. It may be given by name or by ARN."""
    naming = Naming(
        permission.logical_id,
        RETURN_VALUES["AWS::Lambda::Alias"],
        permission.properties,
        permission.stack.pseudo_parameters,
    )
    return naming.filled("${function}")


def _principal(value: Text | None) -> Json:
    """A service is told from an account by the dot in its name."""
    if value is None:
        return None
    code = value.code
    if code == "*":
        return code
    is_service = "." in code and not code.startswith("arn:")
    return {"Service" if is_service else "AWS": code}


def _bus(policy: Resource) -> Text:
    """The ARN of the bus: the account's default one if none is named."""
    name = as_text(policy.properties.get("EventBusName"))
    naming = Naming(
        policy.logical_id,
        RETURN_VALUES["AWS::Events::EventBus"],
        {"Name": name or Text("default")},
        policy.stack.pseudo_parameters,
    )
    return naming.filled(RETURN_VALUES["AWS::Events::EventBus"].arn)
