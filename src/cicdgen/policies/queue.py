"""Who may send to a dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import sqs
from awacs.aws import ArnEquals, Bool, Principal

from cicdgen.policies.grant import Grant, Refusal

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def tls_only(*, queue: Arn) -> Refusal:
    """No request without TLS."""
    return Refusal(
        sid="RefusePlainHttp",
        actions=(sqs.Action("*"),),
        on=(queue,),
        to=Principal("*"),
        when=(Bool("aws:SecureTransport", "false"),),
        why="Whatever crosses the network in clear can be read and changed there.",
    )


def from_rule(*, queue: Arn, rule: Arn) -> Grant:
    """EventBridge may send what this rule could not deliver (eventbridge/eb-rule-dlq)."""
    return Grant(
        sid="SendUndelivered",
        actions=(sqs.SendMessage,),
        on=(queue,),
        to=Principal("Service", "events.amazonaws.com"),
        when=(ArnEquals("aws:SourceArn", rule),),
        why="EventBridge sends as itself: without it an upload that starts nothing is lost.",
    )
