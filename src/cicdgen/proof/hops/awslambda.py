"""Lambda: what it does as a function's role, and what the function's code calls.

Sources: lambda/lambda-intro-execution-role, lambda/monitoring-cloudwatchlogs,
lambda/services-xray, lambda/invocation-async-retain-records, lambda/invocation-eventsourcemapping.
"""

from collections.abc import Iterator
from types import MappingProxyType

from cicdgen.cloudformation import Fields, Path, Resource, Text, Value
from cicdgen.iam import UNKNOWN, Policies, RoleSession, Service, action_facts
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop
from cicdgen.proof.hops import api, api_s3, trust
from cicdgen.proof.hops.api_s3 import Spot
from cicdgen.proof.hops.codebuild import stored
from cicdgen.proof.hops.encryption import MANAGED, READ, key_named, via
from cicdgen.proof.hops.functions import FUNCTION, code_of
from cicdgen.proof.hops.messages import publish, send
from cicdgen.proof.hops.network import attach
from cicdgen.proof.hops.pipelines import pipelines
from cicdgen.proof.hops.said import Said
from cicdgen.proof.hops.site import Site, at, service_in
from cicdgen.proof.hops.streams import write_log

_SERVICE = Service("lambda.amazonaws.com")


def hops(site: Site, policies: Policies) -> Iterator[Hop | Doubt]:
    """What every function does."""
    for function in site.every(FUNCTION):
        given = function.properties.get("Role")
        path = at(function, "Role")
        role = site.role(given)
        if role is None:
            yield trust.stranger(function, path, given)
            continue
        # Lambda is not told to say for which function it assumes a role.
        source = {"aws:SourceArn": UNKNOWN, "aws:SourceAccount": UNKNOWN}
        yield trust.assume(site, _SERVICE, role, function, path, source)
        yield from _log(site, function, role)
        yield from _trace(site, function, role)
        yield from _letters(site, function, role)
        if _in_vpc(function):
            yield from attach(site, "lambda", role, function, at(function, "VpcConfig"))
        yield from _code(site, function, role, policies)
    for mapping in site.every("AWS::Lambda::EventSourceMapping"):
        yield from _poll(site, mapping)


def _log(site: Site, function: Resource, role: RoleSession) -> Iterator[Hop]:
    config = function.properties.get("LoggingConfig")
    given = config.get("LogGroup") if isinstance(config, Fields) else None
    group = given if isinstance(given, Text) else Text("/aws/lambda/") + function.name
    why = "Nothing that runs leaves a word."
    yield from write_log(site, "lambda", role, group, function, at(function), why)


def _trace(site: Site, function: Resource, role: RoleSession) -> Iterator[Hop]:
    config = function.properties.get("TracingConfig")
    if isinstance(config, Fields) and config.get("Mode") == Text("Active"):
        actions = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
        yield Hop(
            id="lambda.trace",
            of=function.logical_id,
            path=config.at,
            who=site.who(role),
            calls=tuple(site.call(role, action, Text("*")) for action in actions),
            why="Active tracing records nothing.",
            source="lambda/services-xray",
        )


def _letters(site: Site, function: Resource, role: RoleSession) -> Iterator[Hop | Doubt]:
    """Where Lambda sends, as the role, what came of asynchronous events."""
    config = function.properties.get("DeadLetterConfig")
    if isinstance(config, Fields) and isinstance(config.get("TargetArn"), Text):
        to, path = config["TargetArn"], config.paths["TargetArn"]
        yield from _send(site, function, role, to, path, "keep-dead-letter")
    for each in site.every("AWS::Lambda::EventInvokeConfig"):
        if site.find(each.properties.get("FunctionName"), FUNCTION) is not function:
            continue
        destinations = each.properties.get("DestinationConfig")
        for name in destinations if isinstance(destinations, Fields) else ():
            one = destinations[name] if isinstance(destinations, Fields) else None
            to = one.get("Destination") if isinstance(one, Fields) else None
            if isinstance(one, Fields) and isinstance(to, Text):
                yield from _send(site, function, role, to, one.at, "tell-destination")


def _send(
    site: Site, function: Resource, role: RoleSession, to: Value, path: Path, name: str
) -> Iterator[Hop | Doubt]:
    if not isinstance(to, Text):
        return
    service = service_in(to)
    calls: tuple[Call, ...]
    if service == "sqs":
        calls = send(site, role, site.find(to, "AWS::SQS::Queue") or to, {})
    elif service == "sns":
        calls = publish(site, role, site.find(to, "AWS::SNS::Topic") or to, {})
    elif service == "lambda":
        calls = (site.call(role, "lambda:InvokeFunction", to),)
    elif service == "events":
        calls = (site.call(role, "events:PutEvents", to),)
    else:
        yield Doubt(check="hops", path=path, because=f"how Lambda sends to {to}")
        return
    yield Hop(
        id=f"lambda.{name}",
        of=function.logical_id,
        path=path,
        who=site.who(role),
        calls=calls,
        why="Lambda refuses the function, or the event is lost.",
        source="lambda/invocation-async-retain-records",
    )


def _in_vpc(function: Resource) -> bool:
    config = function.properties.get("VpcConfig")
    return isinstance(config, Fields) and bool(config.get("SubnetIds"))


def _code(
    site: Site, function: Resource, role: RoleSession, policies: Policies
) -> Iterator[Hop | Doubt]:
    path = at(function, "Code")
    code = code_of(function)
    if code is None:
        because = f"what the code of {function.logical_id} calls: it is not in the template"
        yield Doubt(check="hops", path=path, because=because)
        return
    caller = api.Caller(
        site=site,
        role=role,
        policies=policies,
        service="lambda",
        of=function,
        path=path,
        context={"lambda:SourceFunctionArn": function.arn},
        said=code.said,
    )
    for because in code.unclear:
        yield caller.doubt(f"{because}, in the code of {function.logical_id}")
    told = "s3Location" in code.text and "artifactCredentials" not in code.text
    inputs = tuple(_inputs(site, function)) if told else ()
    for said in code.said:
        if api.is_free(said):
            continue
        if said.service == "s3":
            yield from api_s3.hops_of(caller, said, inputs)
            continue
        yield from api.hops_of(caller, said)
        if (said.service, said.operation) == ("lambda", "updatefunctioncode"):
            yield from api_s3.code_fetched(caller, said, tuple(stored(site)))
        if said.service == "lambda" and said.operation.startswith("updatefunction"):
            updated = _targets(caller, said)
            yield from api_s3.environment_kept(caller, updated)


def _targets(caller: api.Caller, said: Said) -> tuple[Text, ...]:
    """The functions that a call may be about."""
    facts = action_facts(api.action_of(said))
    return api.resources(caller, said, facts) if facts is not None else ()


def _inputs(site: Site, function: Resource) -> Iterator[Spot]:
    """The artifacts that a pipeline hands to a function."""
    for pipeline in pipelines(site):
        for action in pipeline.actions:
            found = site.find(action.setting("FunctionName"), FUNCTION)
            if action.kind == "Invoke/AWS/Lambda" and found is function and action.store:
                store = action.store
                for artifact in action.inputs:
                    key = pipeline.key_of(artifact)
                    yield Spot(bucket=store.bucket, key=key, under=store.key)


_POLLED = MappingProxyType(
    {
        "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
        "kinesis": ("DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"),
    }
)


def _poll(site: Site, mapping: Resource) -> Iterator[Hop | Doubt]:
    function = site.find(mapping.properties.get("FunctionName"), FUNCTION, "AWS::Lambda::Alias")
    if function is not None and function.type == "AWS::Lambda::Alias":
        function = site.find(function.properties.get("FunctionName"), FUNCTION)
    source = mapping.properties.get("EventSourceArn")
    role = site.role(function.properties.get("Role")) if function is not None else None
    if role is None or not isinstance(source, Text):
        yield Doubt(check="hops", path=at(mapping), because="who polls, and what")
        return
    service = service_in(source)
    if service not in _POLLED:
        yield Doubt(check="hops", path=at(mapping), because=f"how Lambda polls {source}")
        return
    queue = site.find(source, "AWS::SQS::Queue")
    key = key_named(site, queue.properties.get("KmsMasterKeyId")) if queue is not None else None
    calls = [site.call(role, f"{service}:{action}", source) for action in _POLLED[service]]
    if key is not None and key != MANAGED:
        calls += via(site, role, key, READ, "sqs")
    yield Hop(
        id="lambda.poll",
        of=mapping.logical_id,
        path=at(mapping),
        who=site.who(role),
        calls=tuple(calls),
        why="The function never gets an event.",
        source="lambda/services-sqs-configure",
    )
