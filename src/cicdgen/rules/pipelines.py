"""Pipelines: what starts them, what their actions hand on, and who deploys."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="E9506",
        title="A rule asks for events that are sent, and may call what it calls",
        why=(
            "EventBridge takes any pattern. A state that CodeDeploy never sends, the name of an "
            "application that does not exist, or a prefix that also matches another object is "
            "valid, deploys, and waits for ever or starts at the wrong time. And the target's "
            "role must trust EventBridge, as the function's permission must name the rule."
        ),
        fix=(
            "Copy the event from the service's page, name resources by Ref, match keys exactly, "
            "and give the target a role of its own."
        ),
        source="eventbridge/eb-create-pattern",
        checks=("event-values", "event-narrow", "rule-role", "permission-source"),
        failures=(6,),
    ),
    Rule(
        id="E9508",
        title="Each artifact is produced before it is consumed, in a store for its region",
        why=(
            "An action starts when its turn comes, whether or not what it needs is there. "
            "CodePipeline refuses a pipeline whose artifact nobody produces, and one without a "
            "store in a region that it acts in."
        ),
        fix=(
            "Name the same artifact in the OutputArtifacts of an earlier action. Give "
            "ArtifactStore for one region, or ArtifactStores with an entry for each."
        ),
        source="codepipeline/reference-pipeline-structure",
        checks=("artifact-order", "artifact-store"),
        failures=(8,),
    ),
    Rule(
        id="E9509",
        title="A deploy action can deploy what it is given, and may",
        why=(
            "The CodeDeploy provider hands on a zip, and a deployment to Lambda takes an AppSpec: "
            "every run ends in InvalidRevisionException. A permission on the application instead "
            "of the deployment group is valid and allows nothing."
        ),
        fix=(
            "Let a function of your own make the deployment, or use the provider that is made for "
            "it; and allow codedeploy:CreateDeployment on the deployment group."
        ),
        source="codepipeline/action-reference-CodeDeploy",
        checks=("action-provider", "action-configuration", "action-resource", "deploy-refused"),
        failures=(9,),
    ),
    Rule(
        id="E9513",
        title="A change of the source starts the pipeline: by an event, once, and not never",
        why=(
            "Buckets send no events to EventBridge until they are told to. A rule with a misspelt "
            "field or another bucket is valid and never matches. With polling off besides, an "
            "upload does nothing; with polling and a rule, it runs the pipeline twice."
        ),
        fix=(
            "Set EventBridgeEnabled on the bucket, match `aws.s3`, `Object Created`, the bucket's "
            "name and the object's key, and make the pipeline the rule's target."
        ),
        source="codepipeline/create-S3-source-events-cfn",
        checks=("source-starts", "event-matches", "bucket-notifies"),
        failures=(13,),
    ),
    Rule(
        id="W9513",
        title="A source is not polled",
        why=(
            "Polling is the default. It costs minutes, misses changes that follow each other "
            "quickly, and ends for pipelines that have not run for long."
        ),
        fix='Set PollForSourceChanges to "false", and start the pipeline by an EventBridge rule.',
        source="codepipeline/update-change-detection",
        checks=("source-polled",),
        failures=(13, 8),
    ),
    Rule(
        id="E9528",
        title="What is approved or tested has not been deployed yet",
        why=(
            "A stage holds up those that come after it, and nothing else. An approval or a test "
            "behind the deployment says yes to what is live already."
        ),
        fix="Put the approval, and the test of what was built, before the action that deploys it.",
        source="codepipeline/approvals",
        checks=("stage-order",),
        failures=(8,),
    ),
    Rule(
        id="E9521",
        title="What an action names exists and is made for a pipeline",
        why=(
            "An action names its project or function by text. A name that is not there, or a "
            "project that fetches a source of its own, fails in the first run."
        ),
        fix="Name it by Ref, and give the project a source and artifacts of type CODEPIPELINE.",
        source="codepipeline/action-reference-CodeBuild",
        checks=("action-target",),
    ),
    Rule(
        id="E9522",
        title="The bucket of a source action keeps versions",
        why="A run is pinned to a version of the source object. Without versions the action fails.",
        fix="Set VersioningConfiguration.Status to Enabled on the bucket.",
        source="codepipeline/action-reference-S3",
        checks=("source-bucket",),
    ),
    Rule(
        id="E9523",
        title="A run that an upload starts builds that upload",
        why=(
            "Without a source revision in the target's input, CodePipeline takes the newest object "
            "when the run begins: of two uploads that follow each other, the second is built twice "
            "and the first never."
        ),
        fix=(
            "Give the target an InputTransformer that passes the version as a source revision of "
            "type S3_OBJECT_VERSION_ID."
        ),
        source="codepipeline/pipelines-trigger-source-overrides",
        checks=("revision-pinned",),
    ),
    Rule(
        id="W9532",
        title="Every stage lets a run in",
        why=(
            "A transition that the template disables is disabled again by each deployment of the "
            "stack: runs wait before it, and the pipeline looks as if it worked."
        ),
        fix="Leave DisableInboundStageTransitions out, and disable a transition by hand.",
        source="codepipeline/transitions",
        checks=("stage-closed",),
    ),
    Rule(
        id="E9533",
        title="A pipeline is of the type that its parts ask for",
        why=(
            "Type V1 has no queue, no triggers, no variables, no conditions and no commands: the "
            "stack fails where one is set, or makes another pipeline than the template says."
        ),
        fix="Set PipelineType to V2.",
        source="codepipeline/pipeline-types",
        checks=("pipeline-type",),
    ),
)
