"""What a deploy action of a pipeline does, by its provider.

Source: codepipeline/action-reference-PROVIDER and codepipeline/how-to-custom-role.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cicdgen.cloudformation import Text
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop, Strength
from cicdgen.proof.hops.codepipeline_turn import Turn, artifacts, named, some
from cicdgen.proof.hops.encryption import MANAGED, bucket_named, key_named
from cicdgen.proof.hops.objects import write


def function(turn: Turn) -> Iterator[Hop | Doubt]:
    """The Lambda provider publishes a version, and moves an alias to it."""
    function = named(turn, "FunctionName", "lambda", "function:", "AWS::Lambda::Function")
    if function is None:
        yield turn.doubt("which function the action deploys")
        return
    page = "action-reference-LambdaDeploy"
    why = f"{turn.action.name} cannot publish the version and move the alias."
    either = (function, function + ":" + some("a version"))
    asked: tuple[str, ...] = ("lambda:GetFunctionConfiguration",)
    if turn.action.inputs:
        # Neither takes a version or an alias (lambda/API_PublishVersion).
        changed = ("lambda:PublishVersion", "lambda:UpdateFunctionCode")
        yield from turn.each("deploy-function", changed, function, why, page)
    if turn.action.setting("FunctionAlias") is not None:
        asked += ("lambda:GetAlias", "lambda:UpdateAlias")
        alias = function + ":" + some("an alias")
        listed = ("lambda:GetProvisionedConcurrencyConfig",)
        yield from turn.safe("deploy-function", listed, alias, page)
    yield from turn.each("deploy-function", asked, either, why, page)
    yield from _watch(turn, page)
    yield from _log(turn, page)
    yield from artifacts(turn, into=(), out_of=turn.action.inputs)


def _watch(turn: Turn, page: str) -> Iterator[Hop]:
    alarms = turn.action.setting("Alarms")
    for each in alarms.split(",") if isinstance(alarms, Text) else ():
        name = Text(each.code.strip())
        alarm = turn.site.arn("cloudwatch", Text("alarm:") + name)
        seen = f"{turn.action.name} does not see {name}."
        yield from turn.each("watch-alarm", ("cloudwatch:DescribeAlarms",), alarm, seen, page)


def _log(turn: Turn, page: str) -> Iterator[Hop]:
    """AWS lists the log; its page names the group after a region, others after `aws`."""
    name = turn.pipeline.resource.name
    groups = tuple(
        turn.site.arn("logs", Text("log-group:/") + front + "/codepipeline/" + name)
        for front in (Text("aws"), turn.site.region)
    )
    streams = tuple(group + ":log-stream:" + some("a log stream") for group in groups)
    why = f"AWS lists it for the action {turn.action.name}."
    for action, on in (
        ("logs:CreateLogGroup", groups),
        ("logs:CreateLogStream", streams),
        ("logs:PutLogEvents", streams),
    ):
        call = turn.site.call(turn.role, action, on)
        yield turn.hop("write-log", (call,), why, page, Strength.SAFE_SIDE)


def codedeploy(turn: Turn) -> Iterator[Hop | Doubt]:
    """The CodeDeploy provider registers the artifact, and starts a deployment."""
    application, group = (
        turn.action.setting(name) for name in ("ApplicationName", "DeploymentGroupName")
    )
    if not isinstance(application, Text) or not isinstance(group, Text):
        yield turn.doubt("which deployment group the action deploys to")
        return
    page = "action-reference-CodeDeploy"
    why = f"{turn.action.name} cannot deploy."
    in_group = turn.site.arn("codedeploy", Text("deploymentgroup:") + application + "/" + group)
    whole = turn.site.arn("codedeploy", Text("application:") + application)
    config = turn.site.arn("codedeploy", Text("deploymentconfig:") + some("a config"))
    for on, names in (
        (in_group, ("CreateDeployment", "GetDeployment")),
        (whole, ("GetApplicationRevision", "RegisterApplicationRevision")),
        (config, ("GetDeploymentConfig",)),
    ):
        actions = tuple(f"codedeploy:{name}" for name in names)
        yield from turn.each("deploy", actions, on, why, page)
    yield from turn.safe("deploy", ("codedeploy:GetApplication",), whole, page)
    yield from artifacts(turn, into=(), out_of=turn.action.inputs)


_BY_MODE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CREATE_UPDATE": ("CreateStack", "UpdateStack", "DescribeStacks"),
        "CHANGE_SET_REPLACE": (
            "CreateChangeSet",
            "DeleteChangeSet",
            "DescribeChangeSet",
            "DescribeStacks",
        ),
        "CHANGE_SET_EXECUTE": ("DescribeChangeSet", "ExecuteChangeSet", "DescribeStacks"),
        "DELETE_ONLY": ("DeleteStack", "DescribeStacks"),
        "REPLACE_ON_FAILURE": ("CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks"),
    }
)


def cloudformation(turn: Turn) -> Iterator[Hop | Doubt]:
    """The CloudFormation provider changes a stack, with what that stack needs unknown."""
    mode, name = turn.action.setting("ActionMode"), turn.action.setting("StackName")
    names = _BY_MODE.get(mode.code) if isinstance(mode, Text) else None
    if names is None or not isinstance(name, Text):
        yield turn.doubt("what the action does to which stack")
        return
    page = "action-reference-CloudFormation"
    stack = turn.site.arn("cloudformation", Text("stack/") + name + "/" + some("a stack's id"))
    actions = tuple(f"cloudformation:{each}" for each in names)
    why = f"{turn.action.name} cannot change its stack."
    yield from turn.each("change-stack", actions, stack, why, page)
    role = turn.action.setting("RoleArn")
    if isinstance(role, Text):
        given = {"iam:PassedToService": "cloudformation.amazonaws.com"}
        call = turn.site.call(turn.role, "iam:PassRole", role, given)
        yield turn.hop("pass-role", (call,), why, page)
    yield turn.doubt(f"what CloudFormation must be allowed for the stack {name}")
    yield from artifacts(turn, into=turn.action.outputs, out_of=turn.action.inputs)


def s3(turn: Turn) -> Iterator[Hop | Doubt]:
    """The S3 provider puts the artifact, or the files in it, into a bucket."""
    bucket = bucket_named(turn.site, turn.action.setting("BucketName"))
    if bucket is None:
        yield turn.doubt("which bucket the action deploys to")
        return
    page = "action-reference-S3Deploy"
    given = turn.action.setting("ObjectKey")
    name = given if isinstance(given, Text) else some("an object")
    key = key_named(turn.site, turn.action.setting("KMSEncryptionKeyARN"))
    under = None if key == MANAGED else key
    calls = write(turn.site, turn.role, bucket, name, under=under)
    yield turn.hop("deploy-object", calls, "Nothing is deployed.", page)
    arn = turn.site.object_arn(bucket.arn, name)
    acl = ("s3:PutObjectAcl",)
    if turn.action.setting("CannedACL") is None:
        yield from turn.safe("deploy-object", acl, arn, page)
    else:
        yield from turn.each("deploy-object", acl, arn, "The ACL is not set.", page)
    yield from turn.safe("deploy-object", ("s3:PutObjectVersionAcl",), arn, page)
    listed = ("s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation")
    yield from turn.safe("deploy-object", listed, bucket.arn, page)
    yield from artifacts(turn, into=(), out_of=turn.action.inputs)
