"""The function that the pipeline releases: its log, its dead letters, a version and the alias.

After the stack is made, code and alias belong to the pipeline. The template's placeholder code,
version and alias are frozen: changing one of them would send traffic back to the placeholder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import GetAtt, Ref, Retain
from troposphere.awslambda import (
    Alias,
    Code,
    DeadLetterConfig,
    Environment,
    EphemeralStorage,
    Function,
    LoggingConfig,
    TracingConfig,
    Version,
    VPCConfig,
)
from troposphere.sqs import Queue, QueuePolicy

from cicdgen import arns, assets
from cicdgen.names import ALIAS
from cicdgen.policies import function as function_policies
from cicdgen.policies import queue as queue_policies
from cicdgen.policies import telemetry
from cicdgen.resources.literal import literal
from cicdgen.resources.logs import log_group
from cicdgen.resources.part import Guard, Part, Permissions

if TYPE_CHECKING:
    from troposphere.logs import LogGroup

    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.policies.grant import Grant, Refusal
    from cicdgen.resources.keys import Keys
    from cicdgen.resources.roles import Roles

_TWO_WEEKS = 14 * 24 * 3600


class ReleasedFunction(Part, frozen=True, kw_only=True):
    """The function and what is its own."""

    guards: tuple[Guard, ...]
    log_group: LogGroup
    dead_letters: Queue
    dead_letters_policy: QueuePolicy
    permissions: Permissions
    function: Function
    version: Version
    alias: Alias

    @classmethod
    def define(cls, config: Config, names: Names, roles: Roles, keys: Keys) -> ReleasedFunction:
        """The function as the config has it, with the placeholder's code."""
        group = log_group("function", config, names, keys)
        dead_letters = Queue(
            "DeadLetters",
            DeletionPolicy=config.deletion_policy,
            UpdateReplacePolicy=config.update_replace_policy,
            QueueName=names.part("dead-letters"),
            KmsMasterKeyId=arns.of(keys.function),
            MessageRetentionPeriod=_TWO_WEEKS,
        )
        permissions = _permissions(config, names, roles, keys, group, dead_letters)
        function = Function(
            "Function",
            # Lambda checks the role's rights to the queue and the VPC when it makes the function.
            DependsOn=permissions.title,
            FunctionName=names.function,
            Role=arns.of(roles.function),
            Runtime=config.function.runtime,
            Architectures=[config.function.architecture],
            Handler=config.function.handler,
            Code=Code(ZipFile=assets.lambda_code("bootstrap")),
            MemorySize=config.function.memory,
            Timeout=config.function.timeout,
            EphemeralStorage=EphemeralStorage(Size=config.function.ephemeral_storage),
            KmsKeyArn=arns.of(keys.function),
            TracingConfig=TracingConfig(Mode="Active"),
            LoggingConfig=LoggingConfig(LogFormat="JSON", LogGroup=Ref(group)),
            DeadLetterConfig=DeadLetterConfig(TargetArn=arns.of(dead_letters)),
        )
        if config.function.environment:
            function.Environment = Environment(
                Variables={
                    name: literal(value) for name, value in config.function.environment.items()
                }
            )
        if config.function.reserved_concurrency is not None:
            function.ReservedConcurrentExecutions = config.function.reserved_concurrency
        if config.function.vpc is not None:
            function.VpcConfig = VPCConfig(
                SubnetIds=list(config.function.vpc.subnet_ids),
                SecurityGroupIds=list(config.function.vpc.security_group_ids),
            )
        version = Version(
            "BootstrapVersion",
            DeletionPolicy=Retain,
            UpdateReplacePolicy=Retain,
            FunctionName=Ref(function),
        )
        guard = Guard(
            str(dead_letters.title), (queue_policies.tls_only(queue=arns.of(dead_letters)),)
        )
        return cls(
            guards=(guard,),
            log_group=group,
            dead_letters=dead_letters,
            dead_letters_policy=QueuePolicy(
                "DeadLettersPolicy",
                Queues=[Ref(dead_letters)],
                PolicyDocument=guard.document(),
            ),
            permissions=permissions,
            function=function,
            version=version,
            alias=Alias(
                "LiveAlias",
                Name=ALIAS,
                FunctionName=Ref(function),
                FunctionVersion=GetAtt(version, "Version"),
            ),
        )


def _permissions(
    config: Config, names: Names, roles: Roles, keys: Keys, group: LogGroup, dead_letters: Queue
) -> Permissions:
    vpc: tuple[Grant | Refusal, ...] = ()
    if config.function.vpc is not None:
        vpc = function_policies.vpc(function=arns.named("lambda", f"function:{names.function}"))
    return Permissions(
        "FunctionPolicy",
        (Ref(roles.function),),
        (
            telemetry.write_log(arns.of(group)),
            *function_policies.dead_letters(
                queue=arns.of(dead_letters),
                key=arns.of(keys.function),
                via_sqs=arns.via("sqs"),
            ),
            *vpc,
        ),
    )
