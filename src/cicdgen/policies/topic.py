"""Who may publish to the topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import sns
from awacs.aws import ArnLike, Bool, Principal, StringEquals

from cicdgen.policies.grant import Grant, Refusal

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def topic(*, topic: Arn, alarms: Arn, account_id: Arn) -> tuple[Grant | Refusal, ...]:
    """Alarms and events may publish, over TLS. The pipeline publishes by its own role's policy."""
    return (
        Grant(
            sid="PublishAlarms",
            actions=(sns.Publish,),
            on=(topic,),
            to=Principal("Service", "cloudwatch.amazonaws.com"),
            when=(
                StringEquals("aws:SourceAccount", account_id),
                ArnLike("aws:SourceArn", alarms),
            ),
            why="A topic with a policy of its own admits nobody else: no alarm would be heard.",
        ),
        Grant(
            sid="PublishEvents",
            actions=(sns.Publish,),
            on=(topic,),
            to=Principal("Service", "events.amazonaws.com"),
            why="A failed pipeline is told through EventBridge, which sends an encrypted topic no "
            "source to put a condition on (sns/sns-key-management).",
        ),
        Refusal(
            sid="RefusePlainHttp",
            actions=(sns.Publish,),
            on=(topic,),
            to=Principal("*"),
            when=(Bool("aws:SecureTransport", "false"),),
            why="Whatever crosses the network in clear can be read and changed there.",
        ),
    )
