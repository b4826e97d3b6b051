"""What protects a resource, and whether a change takes it away.

Each reader tells how well a resource is protected in one way, as a number; a smaller one after the
change is a protection dropped. What cannot be read off (a token) counts as protected as it was.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from cicdgen.diff.spelling import key, scalar
from cicdgen.diff.statements import is_document, listed, meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cicdgen.cloudformation import Path
    from cicdgen.cloudformation.values import Json

_POLICIES = {"Delete": 0, None: 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_SWITCHES = re.compile(
    r"DeletionProtection(Enabled)?|EnableKeyRotation|EnableTerminationProtection"
    r"|PointInTimeRecoveryEnabled|SSEEnabled|(Storage)?Encrypted|SqsManagedSseEnabled"
    r"|EnableLogFileValidation|IsLogging|AtRestEncryptionEnabled|TransitEncryptionEnabled"
    r"|ObjectLockEnabled|EnforceHTTPS|NodeToNodeEncryptionEnabled"
)
"""Properties that protect when they are on."""

_OPENINGS = re.compile(r"PrivilegedMode|EncryptionDisabled|PubliclyAccessible|ForceDelete")
"""Properties that protect when they are off."""

_KEYS = re.compile(
    r"(Kms(Master)?Key(Id|Arn)?|KMSKeyId|KmsKeyIdentifier|KmsMasterKeyId|KMSMasterKeyID|EncryptionKey"
    r"|SourceKMSKeyArn)"
)
"""Properties that name the key something is encrypted with."""

_SPANS = re.compile(
    r"RetentionInDays|MessageRetentionPeriod|BackupRetentionPeriod|RetentionPeriodHours"
    r"|PendingWindowInDays|RetentionDays|RecoveryPeriodInDays"
)
"""Properties that say how long something is kept."""

_FOREVER_WITHOUT = frozenset({"RetentionInDays", "RetentionDays"})


def dropped(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Path]:
    """Where a resource that is in both templates loses a protection.

    Args:
        before: the resource, properties resolved and coded.
        after: the same.
    """
    for name in ("DeletionPolicy", "UpdateReplacePolicy"):
        one, other = (_POLICIES.get(side.get(name), 0) for side in (before, after))
        if other < one:
            yield (name,)
    old, new = before.get("Properties") or {}, after.get("Properties") or {}
    for path, read in _READERS:
        if read(new) < read(old):
            yield ("Properties", *path)
    yield from _deep(old, new, ("Properties",))


def protects(resource: Mapping[str, Json]) -> bool:
    """Whether a resource is there to protect another one: a policy that refuses plain HTTP."""
    properties = resource.get("Properties") or {}
    return any(_denies_plain_http(value) for value in properties.values())


def _block(properties: Mapping[str, Json]) -> float:
    block = properties.get("PublicAccessBlockConfiguration")
    given = block if isinstance(block, dict) else {}
    return float(sum(scalar(given.get(name)) == "true" for name in _BLOCKS))


def _versions(properties: Mapping[str, Json]) -> float:
    given = properties.get("VersioningConfiguration")
    return float(isinstance(given, dict) and given.get("Status") == "Enabled")


def _encryption(properties: Mapping[str, Json]) -> float:
    """A bucket's: by a key of one's own, by a key of S3's, or left to the default."""
    text = key(properties.get("BucketEncryption"))
    if '"aws:kms:dsse"' in text:
        return 3
    return 2 if '"aws:kms"' in text else float('"AES256"' in text)


def _approvals(properties: Mapping[str, Json]) -> float:
    """A pipeline's actions that wait for a person."""
    return key(properties.get("Stages")).count('"Category": "Approval"')


_READERS: tuple[tuple[Path, Callable[[Mapping[str, Json]], float]], ...] = (
    (("PublicAccessBlockConfiguration",), _block),
    (("VersioningConfiguration",), _versions),
    (("BucketEncryption",), _encryption),
    (("Stages",), _approvals),
)


def _deep(before: Json, after: Json, path: Path) -> Iterator[Path]:
    """Switches, keys and spans, and denials of plain HTTP, wherever they stand."""
    if is_document(before):
        if _denies_plain_http(before) and not _denies_plain_http(after):
            yield path
    elif isinstance(before, dict):
        new = after if isinstance(after, dict) else {}
        for name in dict.fromkeys((*before, *new)):
            if _is_weaker(name, before.get(name), new.get(name)):
                yield (*path, name)
            elif name in before:
                yield from _deep(before[name], new.get(name), (*path, name))
    elif isinstance(before, list):
        rest = after if isinstance(after, list) else []
        for index, member in enumerate(before):
            yield from _deep(member, rest[index] if index < len(rest) else None, (*path, index))


def _is_weaker(name: str, before: Json, after: Json) -> bool:
    old, new = scalar(before), scalar(after)
    if _SWITCHES.fullmatch(name):
        return old in {"true", "ENABLED"} and new in {"false", "DISABLED", None}
    if _OPENINGS.fullmatch(name):
        return new == "true" and old in {"false", None}
    if _KEYS.fullmatch(name):
        return isinstance(old, str) and bool(old) and not new
    if _SPANS.fullmatch(name):
        return _span(name, new) < _span(name, old)
    return False


def _span(name: str, value: Json) -> float:
    if value is None:
        return math.inf if name in _FOREVER_WITHOUT else -math.inf
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _denies_plain_http(document: Json) -> bool:
    """Whether a statement denies what does not come over TLS."""
    if not isinstance(document, dict):
        return False
    return any(
        ("Effect", '"Deny"') in (said := meaning(statement))
        and any(
            element.endswith(" aws:securetransport") and value == '"false"'
            for element, value in said
        )
        for statement in listed(document.get("Statement"))
    )
