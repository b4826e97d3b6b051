"""Why nothing comes of a change that no check objects to, where there is a reason.

Each reason is derived from the template and from what AWS says; none knows what a template calls
its parts. A survivor without a reason is a gap.
"""

from collections.abc import Callable, Mapping

from cicdgen.cloudformation.values import Json
from cicdgen.proof.event_pattern import matches
from cicdgen.proof.mutation import rights
from cicdgen.proof.mutation.change import value_at
from cicdgen.proof.mutation.kinds import Kind, Mutant
from cicdgen.proof.mutation.original import Original, stack_of
from cicdgen.proof.parts.alarm import ALARM, metrics
from cicdgen.proof.parts.place import Place, objects
from cicdgen.proof.parts.referent import Elsewhere, function_of
from cicdgen.proof.parts.release import GROUP
from cicdgen.proof.wiring.alarm_event import execution


def why(mutant: Mutant, original: Original) -> str:
    """Why nothing comes of a mutant that no check objects to; nothing if that is not known."""
    for reason in _REASONS.get(mutant.kind, ()):
        found = reason(mutant, original)
        if found:
            return found
    return ""


_DEFAULTS: Mapping[str, tuple[Json, str]] = {
    "OwnershipControls": (
        {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "it is what S3 does by default since April 2023 (AmazonS3/about-object-ownership)",
    ),
    "BucketEncryption": (
        {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "it is what S3 does by default since January 2023 (AmazonS3/default-encryption-faq)",
    ),
    "DeploymentStyle": (
        {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
        (
            "a deployment to Lambda is always blue/green, and its type is not specified"
            " (codedeploy/applications-create-blue-green)"
        ),
    ),
}
"""By property: what AWS does without it, and where it says so."""


def _default(mutant: Mutant, original: Original) -> str:
    value, reason = _DEFAULTS.get(str(mutant.path[-1]), (None, ""))
    return reason if value_at(original.body, mutant.path) == value else ""


def _monotone(mutant: Mutant, original: Original) -> str:
    """A longer sum with the same threshold; as many datapoints out of more."""
    alarm = original.stack.resources[str(mutant.path[1])]
    place = Place.of(alarm)
    if not (place.at("ComparisonOperator").known or "").startswith("Greater"):
        return ""
    if mutant.path[-1] == "Period":
        statistics = {metric.statistic.known for metric in metrics(alarm)}
        if statistics <= {"Sum", "Maximum", "SampleCount"} and not _guards(original, alarm.name):
            return (
                "a longer sum or maximum is at least as large: the alarm sees all that it saw, and"
                " no deployment waits for it (AmazonCloudWatch/alarm-evaluation)"
            )
    if mutant.path[-1] == "EvaluationPeriods" and place.at("DatapointsToAlarm").is_given:
        return (
            "as many datapoints as before suffice: it fires no later, and goes back to OK later"
            " (AmazonCloudWatch/alarm-evaluation)"
        )
    return ""


def _guards(original: Original, name: object) -> bool:
    return any(
        each.at("Name").text == name
        for group in original.stack.of_type(GROUP)
        for each in Place.of(group).at("AlarmConfiguration", "Alarms").members()
    )


def _told_otherwise(mutant: Mutant, original: Original) -> str:
    """What the alarm was for is told by another, to the same people."""
    after = stack_of(mutant.body, original.account)
    alarm = original.stack.resources[str(mutant.path[1])]
    for metric in metrics(alarm):
        dimension = (metric.dimensions or {}).get("FunctionName")
        if dimension is None:
            return ""
        function = function_of(original.stack, dimension)
        if isinstance(function, Elsewhere):
            return ""
        for other in after.of_type(ALARM):
            if other.logical_id == alarm.logical_id:
                continue
            if not list(Place.of(other).at("AlarmActions").members()):
                continue
            for watched in metrics(other):
                on = (watched.dimensions or {}).get("FunctionName")
                same = on is not None and on.text == dimension.text
                if same and watched.name.known == metric.name.known:
                    return f"{other.logical_id} tells of {metric.name} of {dimension} as well"
    return ""


def _at_once(mutant: Mutant, original: Original) -> str:
    """An alarm of a deployment that moves all traffic at once."""
    group = original.stack.resources[str(mutant.path[1])]
    if group.type != GROUP or "Alarms" not in mutant.path:
        return ""
    if Place.of(group).at("DeploymentConfigName").known != "CodeDeployDefault.LambdaAllAtOnce":
        return ""
    return (
        "all traffic moves at once: no alarm has the time to stop it"
        " (codedeploy/deployment-configurations)"
    )


def _stops_deployment(mutant: Mutant, original: Original) -> str:
    """An alarm that a deployment waits for is heard by way of the pipeline that it stops."""
    alarm = original.stack.resources[str(mutant.path[1])]
    if alarm.type != ALARM or not _guards(original, alarm.name):
        return ""
    return "a deployment listens to it: what it stops fails in the pipeline, and that is heard"


def _still_matches(mutant: Mutant, original: Original) -> str:
    """The pattern still matches the failure, and no success."""
    after = stack_of(mutant.body, original.account)
    rule = after.resources[str(mutant.path[1])]
    pattern = objects(Place.of(rule).at("EventPattern"))
    for pipeline in after.of_type("AWS::CodePipeline::Pipeline"):
        failed = execution(after, pipeline.name, "FAILED")
        succeeded = execution(after, pipeline.name, "SUCCEEDED")
        stage = {**failed, "detail-type": "CodePipeline Stage Execution State Change"}
        if matches(pattern.value, failed) is not True:
            continue
        if matches(pattern.value, succeeded) is not False:
            return ""
        if matches(pattern.value, stage) is True:
            return (
                "it still matches the failure and no success; a stage or an action that fails is"
                " told besides, and each ends in the failure of the run"
            )
        return (
            "it still matches the failure and no success: no service but CodePipeline sends this"
            " detail-type (codepipeline/detect-state-changes-cloudwatch-events)"
        )
    return ""


def _by_reference(mutant: Mutant, original: Original) -> str:
    """Everything that writes there refers to the log group, and follows it."""
    if mutant.path[-1] != "LogGroupName":
        return ""
    name = str(value_at(original.body, mutant.path))
    return (
        "whatever writes there refers to it, and follows"
        if _count(original.body, name) == 1
        else ""
    )


def _count(value: Json, text: str) -> int:
    match value:
        case dict():
            return sum(_count(each, text) for each in value.values())
        case list():
            return sum(_count(each, text) for each in value)
        case str():
            return int(text in value)
        case _:
            return 0


def _unread(mutant: Mutant, original: Original) -> str:
    """A variable that no code of the template reads."""
    if mutant.path[-2] != "Variables":
        return ""
    function = original.stack.resources[str(mutant.path[1])]
    code = Place.of(function).at("Code", "ZipFile").known
    name = str(mutant.path[-1])
    if code is None or name in code:
        return ""
    return f"no code of the template reads {name}: it is for what is released later"


def _tried(mutant: Mutant, original: Original) -> str:
    """Other code is released in its place, and tried before it gets traffic."""
    function = original.stack.resources[str(mutant.path[1])]
    aliased = [
        function_of(original.stack, Place.of(alias).at("FunctionName"))
        for alias in original.stack.of_type("AWS::Lambda::Alias")
    ]
    hooked = any(each.hop.id == "codedeploy.run-hook" for each in original.proof.proven)
    if function not in aliased or not hooked:
        return ""
    return (
        "the handler is for the code that is released: a hook calls that before it gets traffic,"
        " and stops the deployment when there is no such handler"
    )


def _nothing_between(mutant: Mutant, original: Original) -> str:
    """Every action that came before each deployment still does."""
    del original
    stages = value_at(mutant.body, mutant.path)
    return (
        "what is approved and tested before the deployment still is, in another order"
        if isinstance(stages, list) and mutant.path[-1] == "Stages" and _deploys(stages[-1])
        else ""
    )


def _deploys(stage: Json) -> bool:
    return any(
        value_at(action, ("ActionTypeId", "Category")) in {"Deploy", "Invoke"}
        for action in value_at(stage, ("Actions",)) or ()
    )


_Reason = Callable[[Mutant, Original], str]
_REASONS: Mapping[Kind, tuple[_Reason, ...]] = {
    Kind.DROP_ACTION: (rights.needless,),
    Kind.DROP_STATEMENT: (rights.refusal, rights.needless),
    Kind.DROP_CONDITION: (rights.still_bound, rights.other_side),
    Kind.RETARGET: (rights.only_fewer, _told_otherwise, _at_once),
    Kind.DROP_PROPERTY: (_default,),
    Kind.SWITCH_OFF: (_stops_deployment,),
    Kind.CHANGE_PERIOD: (_monotone,),
    Kind.CHANGE_ALARMS: (_stops_deployment,),
    Kind.CHANGE_EVENT: (_still_matches,),
    Kind.CHANGE_RELEASE: (_unread,),
    Kind.CHANGE_HANDLER: (_tried,),
    Kind.CHANGE_ORDER: (_nothing_between,),
    Kind.RENAME_LOG: (_by_reference,),
}
