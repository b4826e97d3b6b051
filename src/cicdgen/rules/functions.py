"""Functions: where their code comes from, how it is released, and what is seen of it."""

from __future__ import annotations

from cicdgen.rules.rule import Rule

RULES = (
    Rule(
        id="W9514",
        title="Calls of a function can be followed through X-Ray",
        why=(
            "Without active tracing nobody sees which call in a chain is slow or fails. Only "
            "functions and topics have a switch for it: a CodeBuild project has none, whatever "
            "its role is allowed."
        ),
        fix="Set TracingConfig.Mode to Active, and allow the role the two actions of X-Ray.",
        source="lambda/services-xray",
        checks=("function-tracing",),
        failures=(14,),
    ),
    Rule(
        id="E9515",
        title="A deployment group shifts traffic of a real version, watches alarms and rolls back",
        why=(
            "The group itself names no function: the deployment does. What it must have are a "
            "style and a config for Lambda, alarms that exist, and a rollback on alarm; otherwise "
            "an alarm stops the deployment half-way, with the new version still serving. And "
            "`$LATEST` is no version to go back to."
        ),
        fix=(
            "Set WITH_TRAFFIC_CONTROL and BLUE_GREEN, a config whose name begins with "
            "CodeDeployDefault.Lambda, AlarmConfiguration, and AutoRollbackConfiguration with "
            "DEPLOYMENT_STOP_ON_ALARM. Point the alias at an AWS::Lambda::Version."
        ),
        source="codedeploy/deployment-groups-create",
        checks=("deployment-group", "alias-version"),
        failures=(15,),
    ),
    Rule(
        id="E9518",
        title="The code of a function is where CloudFormation can fetch it",
        why=(
            "A path on somebody's machine is there for nobody else. An object in a bucket that "
            "the same template makes cannot be there when the function is created."
        ),
        fix=(
            "Give the function a few lines inline until the pipeline's first release, or an object "
            "in a bucket that is there before the stack."
        ),
        source="AWSCloudFormation/aws-properties-lambda-function-code",
        checks=("function-code",),
        failures=(18, 10),
    ),
    Rule(
        id="E9529",
        title="Code in the template has its handler, its variables and its alias",
        why=(
            "Lambda calls the handler by name and finds out at the first call that there is none. "
            "So does code that reads a variable that nothing sets, or moves an alias that does not "
            "exist: the stack is green, and the first run fails."
        ),
        fix="Set Handler to index.NAME, and each variable in Environment.Variables, by Ref.",
        source="AWSCloudFormation/aws-properties-lambda-function-code",
        checks=("function-inline",),
        failures=(10,),
    ),
    Rule(
        id="W9530",
        title="A function that deploys for a pipeline is called once for a job",
        why=(
            "CodePipeline invokes functions asynchronously, and Lambda calls again, twice, after "
            "an error or a time-out. A second deployment may begin beside the first."
        ),
        fix="Add an AWS::Lambda::EventInvokeConfig with MaximumRetryAttempts of 0.",
        source="lambda/invocation-async-error-handling",
        checks=("invoke-once",),
    ),
    Rule(
        id="W9558",
        title="An event that a function cannot handle is kept",
        why="Lambda tries an asynchronous event twice more, and then drops it.",
        fix="Set DeadLetterConfig, or a destination on failure in AWS::Lambda::EventInvokeConfig.",
        source="lambda/invocation-async-retain-records",
        checks=("function-dead-letters",),
    ),
    Rule(
        id="E9531",
        title="A function of a pipeline can be called, and released",
        why=(
            "A reserved concurrency of 0 throttles every call: the job of a pipeline is never "
            "answered, and a hook never reports. A code signing config that enforces refuses each "
            "package that nobody has signed."
        ),
        fix="Leave ReservedConcurrentExecutions out; sign in the build, or only warn.",
        source="lambda/configuration-concurrency",
        checks=("function-throttled", "function-signed"),
    ),
    Rule(
        id="W9559",
        title="A function writes to a log group of the template",
        why=(
            "Where there is none, Lambda makes one: it keeps everything for ever, under AWS's own "
            "key, and outlives the stack."
        ),
        fix="Define a log group with a retention, and name it in LoggingConfig.LogGroup.",
        source="lambda/monitoring-cloudwatchlogs-loggroups",
        checks=("function-log",),
    ),
    Rule(
        id="W9560",
        title="A function runs on a runtime that still gets security updates",
        why="After its last day a runtime is not repaired, and a while later not updated at all.",
        fix="Move to a runtime of the current list.",
        source="lambda/lambda-runtimes",
        checks=("function-runtime",),
    ),
    Rule(
        id="W9564",
        title="A log group has a retention and a key",
        why="Without a retention logs are kept, and paid for, for ever; what is in them, too.",
        fix="Set RetentionInDays, and KmsKeyId with a key that logs.REGION.amazonaws.com may use.",
        source="AmazonCloudWatchLogs/API_PutRetentionPolicy",
        checks=("log-group",),
    ),
    Rule(
        id="E9570",
        title="A function's URL asks who calls",
        why=(
            "With AuthType NONE anybody on the internet calls the function, and its own code has "
            "to tell friend from foe."
        ),
        fix="Set AuthType to AWS_IAM.",
        source="lambda/urls-auth",
        checks=("function-url",),
    ),
)
