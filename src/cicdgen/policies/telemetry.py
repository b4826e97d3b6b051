"""What whoever runs here may write about itself: logs and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import logs, xray
from awacs.aws import StringEquals

from cicdgen.policies.grant import Everything, Grant
from cicdgen.policies.key import LOGS_ACTIONS

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def write_log(group: Arn) -> Grant:
    """Write to this log group, which the template makes: nobody needs CreateLogGroup."""
    return Grant(
        sid="WriteLog",
        actions=(logs.CreateLogStream, logs.PutLogEvents),
        on=(group,),
        why="Without it nothing that runs leaves a word; CodeBuild fails the build for it.",
    )


def encrypt_logs(*, key: Arn, via_logs: Arn) -> Grant:
    """Use the key through CloudWatch Logs, as its page asks of whoever writes to the group."""
    return Grant(
        sid="EncryptLogs",
        actions=LOGS_ACTIONS,
        on=(key,),
        when=(StringEquals("kms:ViaService", via_logs),),
        why="AWS asks for it of callers that write to an encrypted group (logs/encrypt-log-data-"
        "kms). Whether writing already fails without it is not proven: the safe side.",
    )


def trace() -> Grant:
    """Send traces to X-Ray."""
    return Grant(
        sid="Trace",
        actions=(xray.PutTraceSegments, xray.PutTelemetryRecords),
        on=Everything(because="X-Ray's actions have no resource types"),
        why="Without it active tracing records nothing.",
    )
