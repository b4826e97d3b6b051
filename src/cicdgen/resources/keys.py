"""The three keys under which everything rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref, Retain
from troposphere.kms import Key

from cicdgen import arns
from cicdgen.policies import key as key_policies
from cicdgen.resources.part import Guard, Part, with_reasons

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names

# As a principal it stands for what the account's IAM policies say, not for its root user; the id is
# short for the ARN (iam/reference_policies_elements_principal).
_ACCOUNT = Ref("AWS::AccountId")


class Keys(Part, frozen=True, kw_only=True):
    """A key each for functions (environments, logs, dead letters), objects and notices."""

    guards: tuple[Guard, ...]
    function: Key
    objects: Key
    notices: Key

    @classmethod
    def define(cls, config: Config, names: Names) -> Keys:
        """The keys, each with the services through which it may be used."""
        function = Guard(
            "LambdaKey",
            key_policies.lambda_key(
                account=_ACCOUNT,
                via=(arns.via("lambda"), arns.via("logs"), arns.via("sqs")),
                logs=arns.via("logs"),
                groups=arns.named("logs", f"log-group:{names.log_group('*')}"),
            ),
        )
        objects = Guard(
            "S3Key",
            key_policies.s3_key(account=_ACCOUNT, via_s3=arns.via("s3")),
        )
        notices = Guard(
            "SnsKey",
            (
                *key_policies.sns_key(
                    account=_ACCOUNT,
                    alarms=arns.named("cloudwatch", f"alarm:{names.alarm('*')}"),
                ),
                *(
                    (key_policies.through_sns(account=_ACCOUNT, via_sns=arns.via("sns")),)
                    if config.manual_approval
                    else ()
                ),
            ),
        )
        function_key = _key(function, f"{names.prefix}: environments, logs and dead letters")
        objects_key = _key(objects, f"{names.prefix}: source and artifacts")
        notices_key = _key(notices, f"{names.prefix}: notices")
        return cls(
            guards=(function, objects, notices),
            function=function_key,
            objects=objects_key,
            notices=notices_key,
        )


def _key(guard: Guard, description: str) -> Key:
    key = Key(
        guard.title,
        DeletionPolicy=Retain,
        UpdateReplacePolicy=Retain,
        Description=description,
        EnableKeyRotation=True,
        KeyPolicy=guard.document(),
    )
    return with_reasons(key, guard.grants)
