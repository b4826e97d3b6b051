"""What the function itself may do: leave dead letters, and live in a VPC where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import sqs
from awacs.aws import ArnEquals, StringEquals

from cicdgen.policies.grant import Everything, Grant, Refusal
from cicdgen.policies.key import WRITE_ACTIONS

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def dead_letters(*, queue: Arn, key: Arn, via_sqs: Arn) -> tuple[Grant, ...]:
    """Leave what could not be handled in the encrypted queue."""
    return (
        Grant(
            sid="SendDeadLetters",
            actions=(sqs.SendMessage,),
            on=(queue,),
            why="Lambda checks it when the function is created, and loses the event without it.",
        ),
        Grant(
            sid="EncryptDeadLetters",
            actions=WRITE_ACTIONS,
            on=(key,),
            when=(StringEquals("kms:ViaService", via_sqs),),
            why="The queue is encrypted with this key, which SQS asks for as the sender.",
        ),
    )


def vpc(*, function: Arn) -> tuple[Grant | Refusal, ...]:
    """Lambda may attach the function to its VPC; the function's own code may not do the same."""
    from awacs import ec2  # noqa: PLC0415 - the largest of awacs's modules, and few have a VPC

    # lambda/configuration-vpc: the execution role's permissions.
    actions = (
        ec2.CreateNetworkInterface,
        ec2.DescribeNetworkInterfaces,
        ec2.DescribeSubnets,
        ec2.DeleteNetworkInterface,
        ec2.AssignPrivateIpAddresses,
        ec2.UnassignPrivateIpAddresses,
    )
    every = Everything(
        because="AWS documents it on *, and Lambda checks for it when the function is created"
    )
    return (
        Grant(
            sid="AttachToVpc",
            actions=actions,
            on=every,
            why="Lambda makes the function's network interfaces as its role.",
        ),
        Refusal(
            sid="RefuseVpcToCode",
            actions=actions,
            on=every,
            when=(ArnEquals("lambda:SourceFunctionArn", function),),
            why="Only Lambda needs these, never the code (lambda/configuration-vpc).",
        ),
    )
