"""The three keys under which everything rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import Ref, Retain
from troposphere.kms import Alias, Key

from cicdgen import arns
from cicdgen.policies import key as key_policies
from cicdgen.resources.part import Guard, Part, with_reasons

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys(Part):
    """A key each for functions (environments, dead letters, logs), objects and notices."""

    guards: tuple[Guard, ...]
    function: Key
    function_alias: Alias
    objects: Key
    objects_alias: Alias
    notices: Key
    notices_alias: Alias

    @classmethod
    def define(cls, config: Config, names: Names) -> Keys:
        """The keys, each with the services through which it may be used."""
        function = Guard(
            "LambdaKey",
            key_policies.lambda_key(
                account=arns.ACCOUNT,
                via=(arns.via("lambda"), arns.via("sqs"), arns.via("logs")),
                logs=arns.via("logs"),
                groups=tuple(
                    arns.named("logs", f"log-group:{g}") for g in _log_groups(config, names)
                ),
            ),
        )
        objects = Guard(
            "S3Key",
            key_policies.s3_key(account=arns.ACCOUNT, via_s3=arns.via("s3")),
        )
        notices = Guard(
            "SnsKey",
            key_policies.sns_key(
                account=arns.ACCOUNT,
                via_sns=arns.via("sns"),
                account_id=Ref("AWS::AccountId"),
                alarms=arns.named("cloudwatch", f"alarm:{names.alarm('*')}"),
            ),
        )
        function_key = _key(function, f"{names.prefix}: environments, dead letters and logs")
        objects_key = _key(objects, f"{names.prefix}: source and artifacts")
        notices_key = _key(notices, f"{names.prefix}: notices")
        return cls(
            guards=(function, objects, notices),
            function=function_key,
            function_alias=_alias(names.key_alias("lambda"), function_key),
            objects=objects_key,
            objects_alias=_alias(names.key_alias("s3"), objects_key),
            notices=notices_key,
            notices_alias=_alias(names.key_alias("sns"), notices_key),
        )


def _log_groups(config: Config, names: Names) -> list[str]:
    functions = [names.function, names.part("deployer")]
    if config.release.hook:
        functions.append(names.part("hook"))
    return [
        *(names.function_log_group(function) for function in functions),
        *(names.project_log_group(names.part(project)) for project in ("build", "test")),
    ]


def _key(guard: Guard, description: str) -> Key:
    key = Key(
        guard.title,
        DeletionPolicy=Retain,
        UpdateReplacePolicy=Retain,
        Description=description,
        EnableKeyRotation=True,
        PendingWindowInDays=30,
        KeyPolicy=guard.document(),
    )
    return with_reasons(key, guard.grants)


def _alias(name: str, key: Key) -> Alias:
    return Alias(f"{key.title}Alias", AliasName=name, TargetKeyId=Ref(key))
