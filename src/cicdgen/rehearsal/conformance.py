"""What of AWS the rehearsal behaves like, and what not: printed with every result."""

from __future__ import annotations

from cicdgen.rehearsal.record import Behaviour

ASSUMED = (
    "AWS's own behaviour is modelled from its documentation, not observed",
    "no policy of the organization, of a session or of an endpoint forbids what is allowed here",
    "a metric's minute is evaluated two minutes after it ended; AWS states no bound",
    "CodeDeploy looks at its alarms every 30 seconds, and CodePipeline asks again after 30",
)


KNOWN_TYPES = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CodeBuild::Project",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentConfig",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::CodePipeline::Pipeline",
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


CONFORMANCE = (
    _is("S3", "objects with versions, encrypted with the bucket's key", "AmazonS3/Versioning"),
    _is("S3", "KMS is asked as whoever reads or writes", "AmazonS3/UsingKMSEncryption"),
    _is("S3", "the event of an upload", "AmazonS3/ev-events"),
    _not("S3", "lifecycle, replication, uploads in parts"),
    _is("EventBridge", "patterns of rules on the default bus", "eventbridge/eb-create-pattern"),
    _is("EventBridge", "input transformers", "eventbridge/eb-transform-target-input"),
    _is("EventBridge", "dead letters of what is not allowed", "eventbridge/eb-rule-dlq"),
    _not("EventBridge", "other buses, schedules, targets but pipelines and topics"),
    _is("CodePipeline", "stages, run order, artifacts, variables", "codepipeline/concepts"),
    _is("CodePipeline", "S3 source at a version", "codepipeline/action-reference-S3"),
    _is("CodePipeline", "jobs of functions", "codepipeline/action-reference-Lambda"),
    _not("CodePipeline", "retries and rollbacks of stages, conditions, triggers, other providers"),
    _is("CodeBuild", "phases, and what follows a failure", "codebuild/build-spec-ref"),
    _not("CodeBuild", "running the commands, caches, batches, the image's tools"),
    _is("Lambda", "versions, aliases, code from S3", "lambda/configuration-versions"),
    _is("Lambda", "the code that the template has runs, in a process", "lambda/python-handler"),
    _not("Lambda", "the code of a release: what it answers is the scenario's to say"),
    _is("CodeDeploy", "canary, linear, all at once", "codedeploy/deployment-configurations"),
    _is("CodeDeploy", "hooks", "codedeploy/reference-appspec-file-structure-hooks"),
    _is("CodeDeploy", "alarms and rollback", "codedeploy/monitoring-create-alarms"),
    _not("CodeDeploy", "servers and ECS, AppSpecs in YAML or in S3"),
    _is("CloudWatch", "alarms, metric math, missing data", "AmazonCloudWatch/alarm-evaluation"),
    _not("CloudWatch", "anomaly detection, percentiles, Metrics Insights"),
    _is("SNS, SQS", "who may publish and send, with the key", "sns/sns-key-management"),
    _not("SNS, SQS", "delivery to subscribers"),
    _is("KMS", "who may use a key", "kms/key-policies"),
    _not("KMS", "grants, encryption itself"),
)
