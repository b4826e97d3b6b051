"""Writing to a log group, which may be encrypted.

Sources: logs/iam-identity-based-access-control-cwl, logs/encrypt-log-data-kms (callers should have
the key too; that writing fails without it is not told).
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Path, Resource, Shape, Text
from cicdgen.iam import RoleSession
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops.encryption import MANAGED, key_named, via
from cicdgen.proof.hops.site import Site

USE = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
"""Encrypt, Decrypt, ReEncrypt*, GenerateDataKey* and Describe*, but for data key pairs."""


def write_log(
    site: Site, service: str, role: RoleSession, group: Text, of: Resource, path: Path, why: str
) -> Iterator[Hop]:
    """The hops of writing to the log group with this name."""
    found = site.find(group, "AWS::Logs::LogGroup")
    name = found.name if found is not None else group
    arn = site.arn("logs", Text("log-group:") + name)
    stream = Text.token("a log stream", Shape.GIVEN, because=f"{service} makes it up")
    on = arn + ":log-stream:" + stream

    def hop(calls: tuple[Call, ...], strength: Strength = Strength.DOCUMENTED) -> Hop:
        return Hop(
            id=f"{service}.write-log",
            of=of.logical_id,
            path=path,
            who=site.who(role),
            calls=calls,
            why=why,
            source="logs/iam-identity-based-access-control-cwl",
            strength=strength,
        )

    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    yield hop(tuple(site.call(role, action, on) for action in actions))
    if found is None:
        # Somebody else may have made the group.
        yield hop((site.call(role, "logs:CreateLogGroup", arn),), Strength.SAFE_SIDE)
        return
    key = key_named(site, found.properties.get("KmsKeyId"))
    if key is None or key == MANAGED:
        return
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    yield Hop(
        id=f"{service}.encrypt-log",
        of=of.logical_id,
        path=path,
        who=site.who(role),
        calls=tuple(via(site, role, key, USE, "logs", **context)),
        why="AWS asks for it of whoever writes to an encrypted group.",
        source="logs/encrypt-log-data-kms",
        strength=Strength.SAFE_SIDE,
    )
