"""Log groups: encrypted, with retention, made before whoever writes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere.logs import LogGroup

from cicdgen import arns

if TYPE_CHECKING:
    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.keys import Keys


def log_group(actor: str, config: Config, names: Names, keys: Keys) -> LogGroup:
    """The log group of an actor, e.g. `deployer`."""
    return LogGroup(
        f"{actor.capitalize()}Log",
        DeletionPolicy=config.deletion_policy,
        UpdateReplacePolicy=config.update_replace_policy,
        LogGroupName=names.log_group(actor),
        RetentionInDays=config.function.log_retention,
        KmsKeyId=arns.of(keys.function),
    )
