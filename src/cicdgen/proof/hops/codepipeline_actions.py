"""What an action of a pipeline does, by its provider.

Source: codepipeline/action-reference-PROVIDER and codepipeline/how-to-custom-role, which lists the
permissions of each. A provider that is not in the table is a doubt.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cicdgen.cloudformation import Text
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop, Strength
from cicdgen.proof.hops import codepipeline_deploys, codepipeline_sources
from cicdgen.proof.hops.codepipeline_turn import Provider, Turn, artifacts, named, some
from cicdgen.proof.hops.messages import publish


def _codebuild(turn: Turn) -> Iterator[Hop | Doubt]:
    project = named(turn, "ProjectName", "codebuild", "project/", "AWS::CodeBuild::Project")
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
    function = named(
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


def _step_functions(turn: Turn) -> Iterator[Hop | Doubt]:
    machine = turn.action.setting("StateMachineArn")
    if not isinstance(machine, Text):
        yield turn.doubt("which state machine the action starts")
        return
    page = "action-reference-StepFunctions"
    call = turn.site.call(turn.role, "states:StartExecution", machine)
    yield turn.hop("start-execution", (call,), f"{turn.action.name} never starts.", page)
    execution = Text(machine.code.replace(":stateMachine:", ":execution:")) + ":" + some("a run")
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


PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "Approval/AWS/Manual": _approval,
        "Build/AWS/CodeBuild": _codebuild,
        "Deploy/AWS/CloudFormation": codepipeline_deploys.cloudformation,
        "Deploy/AWS/CodeDeploy": codepipeline_deploys.codedeploy,
        "Deploy/AWS/Lambda": codepipeline_deploys.function,
        "Deploy/AWS/S3": codepipeline_deploys.s3,
        "Invoke/AWS/Lambda": _lambda,
        "Invoke/AWS/StepFunctions": _step_functions,
        "Source/AWS/CodeCommit": codepipeline_sources.codecommit,
        "Source/AWS/CodeStarSourceConnection": codepipeline_sources.connection,
        "Source/AWS/S3": codepipeline_sources.s3,
        "Source/ThirdParty/GitHub": codepipeline_sources.third_party,
        "Test/AWS/CodeBuild": _codebuild,
    }
)
"""What the actions of a provider do, by category, owner and provider."""
