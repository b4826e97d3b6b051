"""What an action of a pipeline does, by its provider.

Source: codepipeline/action-reference-PROVIDER and codepipeline/how-to-custom-role, which lists the
permissions of each. A provider that is not in the table is a doubt.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from cicdgen.cloudformation import Shape, Text, Value
from cicdgen.iam import RoleSession
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops.encryption import bucket_named
from cicdgen.proof.hops.messages import publish
from cicdgen.proof.hops.objects import read, write
from cicdgen.proof.hops.pipelines import Action, Pipeline
from cicdgen.proof.hops.site import Site


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An action whose turn it is, and the role that it acts as."""

    site: Site
    pipeline: Pipeline
    action: Action
    role: RoleSession

    def hop(
        self,
        name: str,
        calls: tuple[Call, ...],
        why: str,
        source: str,
        strength: Strength = Strength.DOCUMENTED,
    ) -> Hop:
        """A hop of this action."""
        return Hop(
            id=f"codepipeline.{name}",
            of=self.pipeline.resource.logical_id,
            path=self.action.path,
            who=self.site.who(self.role),
            calls=calls,
            why=why,
            source=f"codepipeline/{source}",
            strength=strength,
        )

    def safe(
        self,
        name: str,
        actions: tuple[str, ...],
        on: Text,
        source: str,
        strength: Strength = Strength.SAFE_SIDE,
    ) -> Iterator[Hop]:
        """Hops that AWS lists for this provider, and that it may not make."""
        why = f"AWS lists it for the action {self.action.name}."
        for action in actions:
            yield self.hop(name, (self.site.call(self.role, action, on),), why, source, strength)

    def each(
        self,
        name: str,
        actions: tuple[str, ...],
        on: Text | tuple[Text, ...],
        why: str,
        source: str,
    ) -> Iterator[Hop]:
        """A hop for each action that the provider needs."""
        for action in actions:
            yield self.hop(name, (self.site.call(self.role, action, on),), why, source)

    def doubt(self, because: str) -> Doubt:
        """What cannot be told of this action."""
        return Doubt(check="hops", path=self.action.path, because=because)


Provider: TypeAlias = Callable[[Turn], Iterator[Hop | Doubt]]


def artifacts(turn: Turn, *, into: tuple[Text, ...], out_of: tuple[Text, ...]) -> Iterator[Hop]:
    """The artifacts that the pipeline moves itself."""
    store = turn.action.store
    if store is None:
        return
    for artifact in into:
        key = turn.pipeline.key_of(artifact)
        arn = turn.site.object_arn(store.bucket.arn, key)
        calls = write(
            turn.site, turn.role, store.bucket, key, under=store.key, headers=store.headers
        )
        why = f"The next stages never get {artifact}."
        yield turn.hop("write-artifact", calls, why, "how-to-custom-role")
        yield from turn.safe("write-artifact", ("s3:PutObjectAcl",), arn, "how-to-custom-role")
    for artifact in out_of:
        key = turn.pipeline.key_of(artifact)
        arn = turn.site.object_arn(store.bucket.arn, key)
        calls = read(turn.site, turn.role, store.bucket, key, under=store.key)
        why = f"The action {turn.action.name} never gets {artifact}."
        yield turn.hop("read-artifact", calls, why, "how-to-custom-role")
        yield from turn.safe(
            "read-artifact", ("s3:GetObject", "s3:GetObjectVersion"), arn, "how-to-custom-role"
        )


def _s3_source(turn: Turn) -> Iterator[Hop | Doubt]:
    bucket = bucket_named(turn.site, turn.action.setting("S3Bucket"))
    given = turn.action.setting("S3ObjectKey")
    if bucket is None or not isinstance(given, Text):
        yield turn.doubt("which object the source action reads")
        return
    if turn.action.setting("AllowOverrideForS3ObjectKey") == Text("true"):
        given = Text.token("any key", Shape.GIVEN, because="whoever starts the pipeline says which")
    page = "action-reference-S3"
    arn = turn.site.object_arn(bucket.arn, given)
    why = "The pipeline fails at its source: it reads the version whose upload started it."
    calls = read(turn.site, turn.role, bucket, given, actions=("s3:GetObjectVersion",))
    yield turn.hop("read-source", calls, why, page)
    yield turn.hop(
        "look-at-source",
        (turn.site.call(turn.role, "s3:GetBucketVersioning", bucket.arn),),
        "The source action refuses a bucket of which it does not learn that it is versioned.",
        page,
    )
    listed = ("s3:GetBucketAcl", "s3:GetBucketLocation")
    yield from turn.safe("look-at-source", listed, bucket.arn, page)
    tags = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging")
    yield from turn.safe("read-source", ("s3:GetObject", *tags), arn, page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def _codecommit(turn: Turn) -> Iterator[Hop | Doubt]:
    name = turn.action.setting("RepositoryName")
    if not isinstance(name, Text):
        yield turn.doubt("which repository the source action reads")
        return
    page = "action-reference-CodeCommit"
    needed = ("GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus")
    actions = tuple(f"codecommit:{each}" for each in needed)
    repository = turn.site.arn("codecommit", name)
    yield from turn.each("read-source", actions, repository, "There is no source.", page)
    listed = ("codecommit:CancelUploadArchive", "codecommit:GetRepository")
    yield from turn.safe("read-source", listed, repository, page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def _connection(turn: Turn) -> Iterator[Hop | Doubt]:
    arn = turn.action.setting("ConnectionArn")
    if not isinstance(arn, Text):
        yield turn.doubt("which connection the source action uses")
        return
    prefix = "codeconnections" if ":codeconnections:" in arn.code else "codestar-connections"
    call = turn.site.call(turn.role, f"{prefix}:UseConnection", arn)
    page = "action-reference-CodestarConnectionSource"
    yield turn.hop("use-connection", (call,), "There is no source.", page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def _third_party(turn: Turn) -> Iterator[Hop | Doubt]:
    yield from artifacts(turn, into=turn.action.outputs, out_of=())


def _codebuild(turn: Turn) -> Iterator[Hop | Doubt]:
    project = _arn(turn, "ProjectName", "codebuild", "project/", "AWS::CodeBuild::Project")
    if project is None:
        yield turn.doubt("which project the action runs")
        return
    page = "action-reference-CodeBuild"
    batch = turn.action.setting("BatchEnabled") == Text("true")
    more, many = ("Batch", "BuildBatches") if batch else ("", "Builds")
    start = (turn.site.call(turn.role, f"codebuild:StartBuild{more}", project),)
    follow = (turn.site.call(turn.role, f"codebuild:BatchGet{many}", project),)
    yield turn.hop("start-build", start, f"{turn.action.name} never starts.", page)
    yield turn.hop("follow-build", follow, f"How {turn.action.name} ends is never learnt.", page)
    stop = (f"codebuild:StopBuild{more}",)
    yield from turn.safe("stop-build", stop, project, page, Strength.OPTIONAL)


def _lambda(turn: Turn) -> Iterator[Hop | Doubt]:
    function = _arn(
        turn, "FunctionName", "lambda", "function:", "AWS::Lambda::Function", "AWS::Lambda::Alias"
    )
    if function is None:
        yield turn.doubt("which function the action invokes")
        return
    page = "action-reference-Lambda"
    call = turn.site.call(turn.role, "lambda:InvokeFunction", function)
    yield turn.hop("invoke-function", (call,), f"{turn.action.name} never starts.", page)
    listed = ("lambda:ListFunctions",)
    yield from turn.safe("list-functions", listed, Text("*"), page, Strength.OPTIONAL)
    # The function gets credentials of this role for the artifacts, cut to them.
    yield from artifacts(turn, into=turn.action.outputs, out_of=turn.action.inputs)


def _lambda_deploy(turn: Turn) -> Iterator[Hop | Doubt]:
    function = _arn(turn, "FunctionName", "lambda", "function:", "AWS::Lambda::Function")
    if function is None:
        yield turn.doubt("which function the action deploys")
        return
    page = "action-reference-LambdaDeploy"
    either = (function, function + ":" + _any("a version"))
    why = f"{turn.action.name} cannot publish the version and move the alias."
    names: tuple[str, ...]
    names = ("GetFunctionConfiguration", "PublishVersion", "UpdateFunctionCode")
    if turn.action.setting("FunctionAlias") is not None:
        names += ("GetAlias", "UpdateAlias")
        alias = function + ":" + _any("an alias")
        listed = ("lambda:GetProvisionedConcurrencyConfig",)
        yield from turn.safe("deploy-function", listed, alias, page)
    actions = tuple(f"lambda:{name}" for name in names)
    yield from turn.each("deploy-function", actions, either, why, page)
    alarms = turn.action.setting("Alarms")
    for name in alarms.split(",") if isinstance(alarms, Text) else ():
        alarm = turn.site.arn("cloudwatch", Text("alarm:") + name)
        seen = f"{turn.action.name} does not see {name}."
        yield from turn.each("watch-alarm", ("cloudwatch:DescribeAlarms",), alarm, seen, page)
    yield from artifacts(turn, into=(), out_of=turn.action.inputs)


def _codedeploy(turn: Turn) -> Iterator[Hop | Doubt]:
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
    config = turn.site.arn("codedeploy", Text("deploymentconfig:") + _any("a config"))
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


def _cloudformation(turn: Turn) -> Iterator[Hop | Doubt]:
    mode, name = turn.action.setting("ActionMode"), turn.action.setting("StackName")
    names = _BY_MODE.get(mode.code) if isinstance(mode, Text) else None
    if names is None or not isinstance(name, Text):
        yield turn.doubt("what the action does to which stack")
        return
    page = "action-reference-CloudFormation"
    stack = turn.site.arn("cloudformation", Text("stack/") + name + "/" + _any("a stack's id"))
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


def _s3_deploy(turn: Turn) -> Iterator[Hop | Doubt]:
    bucket = bucket_named(turn.site, turn.action.setting("BucketName"))
    if bucket is None:
        yield turn.doubt("which bucket the action deploys to")
        return
    key = turn.action.setting("ObjectKey")
    name = key if isinstance(key, Text) else _any("an object")
    calls = write(turn.site, turn.role, bucket, name)
    yield turn.hop("deploy-object", calls, "Nothing is deployed.", "action-reference-S3Deploy")
    yield from artifacts(turn, into=(), out_of=turn.action.inputs)


def _step_functions(turn: Turn) -> Iterator[Hop | Doubt]:
    machine = turn.action.setting("StateMachineArn")
    if not isinstance(machine, Text):
        yield turn.doubt("which state machine the action starts")
        return
    page = "action-reference-StepFunctions"
    call = turn.site.call(turn.role, "states:StartExecution", machine)
    yield turn.hop("start-execution", (call,), f"{turn.action.name} never starts.", page)
    execution = Text(machine.code.replace(":stateMachine:", ":execution:")) + ":" + _any("a run")
    yield from turn.safe("start-execution", ("states:DescribeStateMachine",), machine, page)
    yield from turn.safe("start-execution", ("states:DescribeExecution",), execution, page)
    yield from artifacts(turn, into=turn.action.outputs, out_of=turn.action.inputs)


def _approval(turn: Turn) -> Iterator[Hop | Doubt]:
    arn = turn.action.setting("NotificationArn")
    if not isinstance(arn, Text):
        return
    topic = turn.site.find(arn, "AWS::SNS::Topic") or arn
    calls = publish(turn.site, turn.role, topic, {})
    why = "The run waits for a person who was not told."
    yield turn.hop("ask-for-approval", calls, why, "approvals-iam-permissions")


def _arn(turn: Turn, setting: str, service: str, front: str, *types: str) -> Text | None:
    """The ARN of what a setting names, in the template or not."""
    value: Value = turn.action.setting(setting)
    found = turn.site.find(value, *types)
    if found is not None:
        return found.arn
    if not isinstance(value, Text):
        return None
    return value if value.code.startswith("arn:") else turn.site.arn(service, Text(front) + value)


def _any(what: str) -> Text:
    return Text.token(what, Shape.WORD, because="it is known when the pipeline runs")


PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "Approval/AWS/Manual": _approval,
        "Build/AWS/CodeBuild": _codebuild,
        "Deploy/AWS/CloudFormation": _cloudformation,
        "Deploy/AWS/CodeDeploy": _codedeploy,
        "Deploy/AWS/Lambda": _lambda_deploy,
        "Deploy/AWS/S3": _s3_deploy,
        "Invoke/AWS/Lambda": _lambda,
        "Invoke/AWS/StepFunctions": _step_functions,
        "Source/AWS/CodeCommit": _codecommit,
        "Source/AWS/CodeStarSourceConnection": _connection,
        "Source/AWS/S3": _s3_source,
        "Source/ThirdParty/GitHub": _third_party,
        "Test/AWS/CodeBuild": _codebuild,
    }
)
"""What the actions of a provider do, by category, owner and provider."""
