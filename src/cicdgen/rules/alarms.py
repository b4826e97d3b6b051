"""Alarms: they watch what exists, see the canary, and reach somebody."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="E9505",
        title="An alarm watches a metric that exists, and reaches somebody when it fires",
        why=(
            "CloudWatch accepts an alarm without actions, and an alarm on a metric that nothing "
            "emits. The first changes colour on a console that nobody looks at. The second never "
            "fires at all, and a deployment that waits for it is not guarded."
        ),
        fix=(
            "List a topic with a subscriber in AlarmActions, or name the alarm in the deployment "
            "group that it guards. Take the metric's name and dimensions from the service's page, "
            "and the dimension's value from the resource itself by Ref."
        ),
        source="AmazonCloudWatch/AlarmThatSendsEmail",
        checks=("alarm-heard", "alarm-metric"),
        failures=(5,),
    ),
    Rule(
        id="E9517",
        title="Alarms have a topic to go to, under a key that its publishers can use",
        why=(
            "Alarms without a topic tell nobody. A topic under AWS's own key `alias/aws/sns` looks "
            "the same and is worse: CloudWatch and EventBridge may not use that key, and what they "
            "publish is lost without a trace."
        ),
        fix=(
            "Define a topic under a key of your own, subscribe somebody, and let "
            "cloudwatch.amazonaws.com use the key with kms:GenerateDataKey* and kms:Decrypt."
        ),
        source="sns/sns-key-management",
        checks=("topic-missing", "topic-encryption"),
        failures=(17,),
        also=("E9590",),
    ),
    Rule(
        id="E9524",
        title="An alarm on failed invocations is not kept quiet by a dead-letter queue",
        why=(
            "EventBridge does not count an invocation as failed once it has put the event into the "
            "target's dead-letter queue. With a queue on every target the metric FailedInvocations "
            "stays at zero, and the alarm on it can never fire."
        ),
        fix="Watch the queue itself: ApproximateNumberOfMessagesVisible above zero.",
        source="eventbridge/eb-monitoring",
        checks=("alarm-silent",),
        also=("W9527",),
    ),
    Rule(
        id="E9526",
        title="The alarms of a deployment can see a bad version while it still has little traffic",
        why=(
            "An alarm that needs longer than the traffic shift fires when everybody already has "
            "the new version. One that mixes both versions hides ten percent of failures among "
            "ninety percent of successes."
        ),
        fix=(
            "Watch the new version by the dimensions Resource and ExecutedVersion, with fewer "
            "datapoints than the shift has minutes."
        ),
        source="codedeploy/deployment-groups-configure-advanced-options",
        checks=("canary-seen", "alarm-rate"),
        failures=(5,),
    ),
    Rule(
        id="W9527",
        title="Each failure is heard, and an alarm stands for nothing else",
        why=(
            "An alarm without dimensions counts the whole account, one on a rule that also matches "
            "good news rings at every success, and two on the same thing leave another unwatched. "
            "All of them look like monitoring until the day that they are needed."
        ),
        fix=(
            "Give every alarm the dimension of one resource, match the state FAILED of one "
            "pipeline, and watch each dead-letter queue."
        ),
        source="AmazonCloudWatch/AlarmThatSendsEmail",
        checks=("alarm-event", "alarm-late", "alarm-wide", "failure-heard"),
        failures=(5, 17),
    ),
)
