"""The metrics that services of a pipeline emit, and what their dimensions name.

Sources: lambda/monitoring-metrics-types, lambda/monitoring-metrics-view,
codepipeline/metrics-dimensions (and CDK for its namespace), codebuild/cloudwatch_metrics,
eventbridge/eb-monitoring, sqs/sqs-available-cloudwatch-metrics,
sns/sns-monitoring-using-cloudwatch.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """The metrics of one service.

    Attributes:
        metrics: their names.
        dimensions: the sets of dimensions that they come with.
        kinds: the type of resource whose name is the value of a dimension.
        page: the page that lists them.
    """

    metrics: frozenset[str]
    dimensions: tuple[frozenset[str], ...]
    kinds: dict[str, str]
    page: str


def _sets(*rows: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(row.split()) for row in rows)


NAMESPACES = {
    "AWS/Lambda": Namespace(
        metrics=frozenset(
            (
                "AsyncEventAge",
                "AsyncEventsDropped",
                "AsyncEventsReceived",
                "ClaimedAccountConcurrency",
                "ConcurrentExecutions",
                "DeadLetterErrors",
                "DeletedEventCount",
                "DestinationDeliveryFailures",
                "DroppedEventCount",
                "Duration",
                "Errors",
                "EventCount",
                "FailedInvokeEventCount",
                "FilteredOutEventCount",
                "Invocations",
                "InvokedEventCount",
                "IteratorAge",
                "OffsetLag",
                "OnFailureDestinationDeliveredEventCount",
                "OversizedRecordCount",
                "PolledEventCount",
                "PostRuntimeExtensionsDuration",
                "ProvisionedConcurrencyInvocations",
                "ProvisionedConcurrencySpilloverInvocations",
                "ProvisionedConcurrencyUtilization",
                "ProvisionedConcurrentExecutions",
                "ProvisionedPollers",
                "RecursiveInvocationsDropped",
                "SignatureValidationErrors",
                "Throttles",
                "UnreservedConcurrentExecutions",
            )
        ),
        dimensions=_sets(
            "",
            "FunctionName",
            "FunctionName Resource",
            "FunctionName Resource ExecutedVersion",
            "EventSourceMappingUUID",
            "FunctionName EventSourceMappingUUID",
        ),
        kinds={"FunctionName": "AWS::Lambda::Function"},
        page="lambda/monitoring-metrics-types",
    ),
    "AWS/CodePipeline": Namespace(
        metrics=frozenset({"FailedPipelineExecutions", "PipelineDuration"}),
        dimensions=_sets("", "PipelineName"),
        kinds={"PipelineName": "AWS::CodePipeline::Pipeline"},
        page="codepipeline/metrics-dimensions",
    ),
    "AWS/CodeBuild": Namespace(
        metrics=frozenset(
            (
                "BuildDuration",
                "Builds",
                "CPUUtilized",
                "CPUUtilizedPercent",
                "DownloadSourceDuration",
                "Duration",
                "FailedBuilds",
                "FinalizingDuration",
                "InstallDuration",
                "MemoryUtilized",
                "MemoryUtilizedPercent",
                "PostBuildDuration",
                "PreBuildDuration",
                "ProvisioningDuration",
                "QueuedDuration",
                "StorageReadBytes",
                "StorageWriteBytes",
                "SubmittedDuration",
                "SucceededBuilds",
                "UploadArtifactsDuration",
            )
        ),
        dimensions=_sets("", "ProjectName", "ProjectName BuildId", "ProjectName BuildNumber"),
        kinds={"ProjectName": "AWS::CodeBuild::Project"},
        page="codebuild/cloudwatch_metrics",
    ),
    "AWS/Events": Namespace(
        metrics=frozenset(
            (
                "DeadLetterInvocations",
                "Events",
                "FailedInvocations",
                "IngestionToInvocationCompleteLatency",
                "IngestionToInvocationStartLatency",
                "IngestionToInvocationSuccessLatency",
                "InvocationAttempts",
                "Invocations",
                "InvocationsCreated",
                "InvocationsFailedToBeSentToDlq",
                "InvocationsSentToDlq",
                "MatchedEvents",
                "PutEventsApproximateCallCount",
                "PutEventsApproximateFailedCount",
                "PutEventsApproximateSuccessCount",
                "PutEventsApproximateThrottledCount",
                "PutEventsEntriesCount",
                "PutEventsFailedEntriesCount",
                "PutEventsLatency",
                "PutEventsRequestSize",
                "PutPartnerEventsApproximateCallCount",
                "PutPartnerEventsApproximateFailedCount",
                "PutPartnerEventsApproximateSuccessCount",
                "PutPartnerEventsApproximateThrottledCount",
                "PutPartnerEventsEntriesCount",
                "PutPartnerEventsFailedEntriesCount",
                "PutPartnerEventsLatency",
                "RetryInvocationAttempts",
                "SuccessfulInvocationAttempts",
                "ThrottledRules",
                "TriggeredRules",
            )
        ),
        dimensions=_sets(
            "", "RuleName", "EventBusName RuleName", "EventBusName", "EventSourceName"
        ),
        kinds={"RuleName": "AWS::Events::Rule"},
        page="eventbridge/eb-monitoring",
    ),
    "AWS/SQS": Namespace(
        metrics=frozenset(
            (
                "ApproximateAgeOfOldestMessage",
                "ApproximateNumberOfGroupsWithInflightMessages",
                "ApproximateNumberOfMessagesDelayed",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesVisible",
                "NumberOfDeduplicatedSentMessages",
                "NumberOfEmptyReceives",
                "NumberOfMessagesDeleted",
                "NumberOfMessagesReceived",
                "NumberOfMessagesSent",
                "SentMessageSize",
            )
        ),
        dimensions=_sets("QueueName"),
        kinds={"QueueName": "AWS::SQS::Queue"},
        page="sqs/sqs-available-cloudwatch-metrics",
    ),
    "AWS/SNS": Namespace(
        metrics=frozenset(
            (
                "NumberOfMessagesPublished",
                "NumberOfNotificationsDelivered",
                "NumberOfNotificationsFailed",
                "NumberOfNotificationsFailedToRedriveToDlq",
                "NumberOfNotificationsFilteredOut",
                "NumberOfNotificationsFilteredOut-InvalidAttributes",
                "NumberOfNotificationsFilteredOut-InvalidMessageBody",
                "NumberOfNotificationsFilteredOut-MessageAttributes",
                "NumberOfNotificationsFilteredOut-MessageBody",
                "NumberOfNotificationsFilteredOut-NoMessageAttributes",
                "NumberOfNotificationsRedrivenToDlq",
                "PublishSize",
                "SMSMonthToDateSpentUSD",
                "SMSSuccessRate",
            )
        ),
        dimensions=_sets(
            "",
            "TopicName",
            "Application",
            "Application Platform",
            "Platform",
            "Country",
            "SMSType",
            "Country SMSType",
            "PhoneNumber",
        ),
        kinds={"TopicName": "AWS::SNS::Topic"},
        page="sns/sns-monitoring-using-cloudwatch",
    ),
    "AWS/ApiGateway": Namespace(
        metrics=frozenset(
            (
                "4XXError",
                "4xx",
                "5XXError",
                "5xx",
                "CacheHitCount",
                "CacheMissCount",
                "ClientError",
                "ConnectCount",
                "Count",
                "DataProcessed",
                "ExecutionError",
                "IntegrationError",
                "IntegrationLatency",
                "Latency",
                "MessageCount",
            )
        ),
        dimensions=(),
        kinds={},
        page="apigateway/api-gateway-metrics-and-dimensions",
    ),
}
"""By namespace. Without sets of dimensions, any will do."""
