"""What of AWS the rehearsal behaves like, and what not: printed with every result."""

from __future__ import annotations

from cicdgen.rehearsal.record import Behaviour

ASSUMED = (
    "AWS's own behaviour is modelled from its documentation, not observed",
    "no policy of the organization, of a session or of an endpoint forbids what is allowed here",
    "a metric's minute is evaluated two minutes after it ended; AWS states no bound",
    "CodeDeploy looks at its alarms every 30 seconds, and CodePipeline asks again after 30",
    "Deploy/AWS/Lambda looks at its alarms as often, up to the last shift, and goes back at once",
)


KNOWN_TYPES = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CodeBuild::Project",
        "AWS::CodeCommit::Repository",
        "AWS::CodeConnections::Connection",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentConfig",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::CodePipeline::Pipeline",
        "AWS::CodePipeline::Webhook",
        "AWS::CodeStarConnections::Connection",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    }
)
"""Types of resources that the models look at; of any other the result says so."""


def _is(service: str, what: str, source: str) -> Behaviour:
    return Behaviour(service=service, what=what, source=source, is_modelled=True)


def _not(service: str, what: str, source: str = "") -> Behaviour:
    return Behaviour(service=service, what=what, source=source, is_modelled=False)


_DEPLOY_PAGE = "codepipeline/action-reference-LambdaDeploy"
_LAMBDA_DEPLOY = (
    _is("CodePipeline", "Deploy/AWS/Lambda: the artifact becomes a version", _DEPLOY_PAGE),
    _is("CodePipeline", "Deploy/AWS/Lambda: canary, linear, all at once", _DEPLOY_PAGE),
    _is("CodePipeline", "Deploy/AWS/Lambda: an alarm fails the action", _DEPLOY_PAGE),
    _is(
        "CodePipeline",
        "Deploy/AWS/Lambda: a published version",
        "codepipeline/tutorials-lambda-deploy",
    ),
    _not("CodePipeline", "Deploy/AWS/Lambda of a version that serves already", _DEPLOY_PAGE),
    _not("CodePipeline", "Deploy/AWS/Lambda with an artifact and a version", _DEPLOY_PAGE),
    _not("CodePipeline", "Deploy/AWS/Lambda with alarms and without an alias", _DEPLOY_PAGE),
    _not("CodePipeline", "Deploy/AWS/Lambda with alarms of another stack", _DEPLOY_PAGE),
)

CONFORMANCE = (
    _is("S3", "an object has versions, if its bucket keeps them", "AmazonS3/Versioning"),
    _is("S3", "KMS is asked as whoever reads or writes", "AmazonS3/UsingKMSEncryption"),
    _is("S3", "a named version asks for GetObjectVersion", "AmazonS3/API_GetObject"),
    _is("S3", "EventBridge is told of an upload, if the bucket says so", "AmazonS3/ev-events"),
    _not("S3", "uploads in parts, lifecycle, replication, object lock"),
    _is("EventBridge", "which events match a pattern", "eventbridge/eb-create-pattern-operators"),
    _is("EventBridge", "input transformers", "eventbridge/eb-transform-target-input"),
    _is("EventBridge", "a target's role is assumed", "eventbridge/eb-use-identity-based"),
    _is("EventBridge", "what is not allowed goes to the dead letters", "eventbridge/rule-dlq"),
    _is("EventBridge", "metrics of rules", "eventbridge/eb-monitoring"),
    _not("EventBridge", "other buses, schedules, archives; targets but pipelines and topics"),
    _not("EventBridge", "that an event may come twice, or late"),
    _is("CodePipeline", "stages, run order, failures", "codepipeline/concepts-how-it-works"),
    _is("CodePipeline", "the encrypted artifact store", "codepipeline/S3-artifact-encryption"),
    _is("CodePipeline", "variables", "codepipeline/reference-variables"),
    _is(
        "CodePipeline",
        "an S3 source at the version that started the run",
        "codepipeline/pipelines-trigger-source-overrides",
    ),
    _is(
        "CodePipeline",
        "CodeCommit sources: the calls of the role",
        "codepipeline/action-reference-CodeCommit",
    ),
    _is("CodePipeline", "CodeCommit sources: what starts it", "codecommit/monitoring-events"),
    _is(
        "CodePipeline",
        "sources by a connection",
        "codepipeline/action-reference-CodestarConnectionSource",
    ),
    _is("CodePipeline", "triggers on a push to a branch", "codepipeline/pipelines-filter"),
    _not("CodePipeline", "triggers by pattern, tag, path of a file, or pull request"),
    _is("CodePipeline", "GitHub's first source, by webhook", "codepipeline/appendix-github-oauth"),
    _is(
        "CodePipeline",
        "polling, once more besides a rule",
        "codepipeline/PollForSourceChanges-defaults",
    ),
    _is("CodePipeline", "jobs with continuation tokens", "codepipeline/action-reference-Lambda"),
    _is("CodePipeline", "20 minutes for an answer", "codepipeline/limits"),
    _is("CodePipeline", "manual approval", "codepipeline/approvals"),
    _is(
        "CodePipeline",
        "events of state changes",
        "codepipeline/detect-state-changes-cloudwatch-events",
    ),
    _not("CodePipeline", "retries and rollbacks of stages, conditions, several regions"),
    _not("CodePipeline", "runs beside one another: execution modes"),
    *_LAMBDA_DEPLOY,
    _is(
        "CodePipeline",
        "Deploy/AWS/S3: files into a bucket",
        "codepipeline/action-reference-S3Deploy",
    ),
    _not("CodePipeline", "Deploy/AWS/S3 that extracts files to an ObjectKey; cache control"),
    _not("CodePipeline", "sources that CloudTrail tells of, clones in an artifact's place, ECR"),
    _not("CodePipeline", "other providers: CloudFormation, CodeDeploy to servers, ECS and more"),
    _is("CodeBuild", "a buildspec in the template or in the source", "codebuild/build-spec-ref"),
    _is("CodeBuild", "phases, and what follows a failure", "codebuild/build-spec-ref"),
    _is("CodeBuild", "runtimes of the images", "codebuild/available-runtimes"),
    _is("CodeBuild", "what the role has to do", "codebuild/setting-up-service-role"),
    _is("CodeBuild", "reports", "codebuild/test-permissions"),
    _not("CodeBuild", "the image and its tools: with --run-build those of this machine are used"),
    _not("CodeBuild", "caches, batches, time limits, queues"),
    _is("Lambda", "the template's own code runs, in a process", "lambda/python-handler"),
    _is("Lambda", "versions and weighted aliases", "lambda/configuration-aliases"),
    _is("Lambda", "code comes from S3 as the caller", "lambda/API_UpdateFunctionCode"),
    _is("Lambda", "asynchronous failures are tried again", "lambda/invocation-async"),
    _not("Lambda", "without --sandbox, the code of a release: it answers as the scenario says"),
    _not("Lambda", "code but Python, layers, concurrency, how long an update takes"),
    _is("CodeDeploy", "canary, linear, all at once", "codedeploy/deployment-configurations"),
    _is("CodeDeploy", "AppSpecs", "codedeploy/reference-appspec-file-structure-resources"),
    _is("CodeDeploy", "hooks", "codedeploy/reference-appspec-file-structure-hooks"),
    _is("CodeDeploy", "an alarm stops it", "codedeploy/monitoring-create-alarms"),
    _is("CodeDeploy", "rollback", "codedeploy/deployments-rollback-and-redeploy"),
    _is(
        "CodeDeploy",
        "an alias between two versions is not deployed to",
        "codedeploy/troubleshooting-deployments-lambda",
    ),
    _not("CodeDeploy", "servers and ECS; AppSpecs in YAML or in S3; stops by a person"),
    _is("CloudWatch", "alarms on missing data, M of N", "AmazonCloudWatch/alarm-evaluation"),
    _is("CloudWatch", "metric math", "AmazonCloudWatch/using-metric-math"),
    _is("CloudWatch", "composite alarms", "AmazonCloudWatch/Create_Composite_Alarm"),
    _is("CloudWatch", "what alarms tell", "AmazonCloudWatch/Notify_Users_Alarm_Changes"),
    _is("CloudWatch", "metrics of functions", "lambda/monitoring-metrics-view"),
    _not("CloudWatch", "anomaly detection, Metrics Insights; latency: Duration has no data"),
    _is("SNS", "whoever publishes needs the topic and its key", "sns/sns-key-management"),
    _is(
        "SQS",
        "whoever sends needs the queue and its key",
        "AWSSimpleQueueService/sqs-key-management",
    ),
    _not("SNS", "delivery to people, whose subscriptions they have to confirm"),
    _not("SNS", "without --sandbox, that messages are sent: only whether they may be"),
    _is(
        "IAM",
        "identity, resource, trust policies, boundaries",
        "IAM/reference_policies_evaluation-logic",
    ),
    _not("IAM", "policies of the organization and of endpoints"),
    _not("IAM", "without --sandbox, a second opinion on who may do what"),
    _is("KMS", "key policies, ViaService", "kms/key-policy-default"),
    _not("KMS", "grants; without --sandbox, keys: nothing is really encrypted"),
)
