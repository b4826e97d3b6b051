"""Wiring: each reference between the parts of a template means something at run time.

One check a file. `CHECKS` lists them; a new check is a file and a line here.
"""

from __future__ import annotations

from cicdgen.proof.check import Check
from cicdgen.proof.wiring import (
    action_configuration,
    action_provider,
    action_resource,
    action_target,
    alarm_heard,
    alarm_metric,
    alarm_silent,
    alias_version,
    appspec_text,
    appspec_versions,
    arn_shape,
    artifact_order,
    artifact_store,
    bucket_notifies,
    build_runtime,
    buildspec_artifacts,
    buildspec_commands,
    buildspec_errors,
    buildspec_hashes,
    circular,
    deployment_group,
    event_matches,
    event_narrow,
    event_values,
    function_code,
    revision_pinned,
    rule_role,
    source_bucket,
    source_polled,
    source_starts,
)

CHECKS = (
    Check(
        name=artifact_order.NAME,
        title="Each artifact is produced by one action, before another consumes it",
        run=artifact_order.check,
        failures=(8,),
    ),
    Check(
        name=artifact_store.NAME,
        title="A pipeline has one artifact store, or one for each region that it acts in",
        run=artifact_store.check,
        failures=(8,),
    ),
    Check(
        name=action_provider.NAME,
        title="A deploy action has a provider that can deploy what it is given",
        run=action_provider.check,
        failures=(9,),
    ),
    Check(
        name=action_configuration.NAME,
        title="An action's configuration has the keys that its provider asks for",
        run=action_configuration.check,
        failures=(9,),
    ),
    Check(
        name=action_target.NAME,
        title="What an action names exists and is made for a pipeline",
        run=action_target.check,
    ),
    Check(
        name=source_bucket.NAME,
        title="The bucket of a source action keeps versions",
        run=source_bucket.check,
    ),
    Check(
        name=source_polled.NAME,
        title="A source is not polled: an event starts the pipeline",
        run=source_polled.check,
        severity="warning",
        failures=(8, 13),
    ),
    Check(
        name=source_starts.NAME,
        title="A change of the source starts the pipeline once: not twice, and not never",
        run=source_starts.check,
        failures=(13,),
    ),
    Check(
        name=event_matches.NAME,
        title="The rule that starts a pipeline matches the event that its source sends",
        run=event_matches.check,
        failures=(6, 13),
    ),
    Check(
        name=event_narrow.NAME,
        title="The rule that starts a pipeline matches nothing else than its source",
        run=event_narrow.check,
        failures=(6, 13),
    ),
    Check(
        name=bucket_notifies.NAME,
        title="A bucket whose events a rule waits for sends them to EventBridge",
        run=bucket_notifies.check,
        failures=(13,),
    ),
    Check(
        name=event_values.NAME,
        title="A rule on events of the deployment services asks for values that they send",
        run=event_values.check,
        failures=(6,),
    ),
    Check(
        name=rule_role.NAME,
        title="The role of a rule's target trusts EventBridge",
        run=rule_role.check,
        failures=(6, 13),
    ),
    Check(
        name=revision_pinned.NAME,
        title="A run that an upload starts builds that upload",
        run=revision_pinned.check,
    ),
    Check(
        name=alarm_metric.NAME,
        title="An alarm watches a metric that exists, on a resource that emits it",
        run=alarm_metric.check,
        failures=(5,),
    ),
    Check(
        name=alarm_heard.NAME,
        title="An alarm that fires reaches somebody",
        run=alarm_heard.check,
        failures=(5, 17),
        controls=("CloudWatch.15",),
    ),
    Check(
        name=alarm_silent.NAME,
        title="An alarm on failed invocations is not kept quiet by a dead-letter queue",
        run=alarm_silent.check,
    ),
    Check(
        name=deployment_group.NAME,
        title="A deployment group for a function shifts traffic, watches alarms and rolls back",
        run=deployment_group.check,
        failures=(15,),
    ),
    Check(
        name=alias_version.NAME,
        title="The alias that a deployment moves stands on a published version",
        run=alias_version.check,
        failures=(15,),
    ),
    Check(
        name=appspec_text.NAME,
        title="An AppSpec that commands write has no CloudFormation in it",
        run=appspec_text.check,
        failures=(3, 16),
    ),
    Check(
        name=appspec_versions.NAME,
        title="The versions in an AppSpec are numbers, from variables that something sets",
        run=appspec_versions.check,
        failures=(3, 16),
    ),
    Check(
        name=buildspec_artifacts.NAME,
        title="What a buildspec hands on, its commands make",
        run=buildspec_artifacts.check,
        failures=(3, 19),
    ),
    Check(
        name=buildspec_commands.NAME,
        title="A buildspec is YAML with commands that are strings",
        run=buildspec_commands.check,
    ),
    Check(
        name=buildspec_errors.NAME,
        title="A command that fails stops the build",
        run=buildspec_errors.check,
        severity="warning",
        failures=(19,),
    ),
    Check(
        name=buildspec_hashes.NAME,
        title="The packages that a build installs are the ones that were reviewed",
        run=buildspec_hashes.check,
        severity="warning",
        failures=(10, 18),
    ),
    Check(
        name=build_runtime.NAME,
        title="The build image has the runtime that the buildspec asks for",
        run=build_runtime.check,
        failures=(3,),
    ),
    Check(
        name=function_code.NAME,
        title="The code of a function is where CloudFormation can fetch it",
        run=function_code.check,
        failures=(10, 18),
    ),
    Check(
        name=arn_shape.NAME,
        title="The ARNs in policies have the parts that their service's ARNs have",
        run=arn_shape.check,
        failures=(2, 7),
    ),
    Check(
        name=action_resource.NAME,
        title="Each action that a statement names works on one of the resources beside it",
        run=action_resource.check,
        failures=(9,),
    ),
    Check(
        name=circular.NAME,
        title="No resource waits for itself by way of others",
        run=circular.check,
        failures=(20,),
    ),
)
"""Every check of the wiring, in the order in which a pipeline meets what they are about."""
