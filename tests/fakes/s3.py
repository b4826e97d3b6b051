"""S3: versioned buckets under one KMS key.

| rests on | behaviour |
| --- | --- |
| s3/API_GetObject | s3:GetObject reads; s3:GetObjectVersion once a version is named |
| s3/API_GetObject | without s3:ListBucket a missing object is AccessDenied |
| s3/UsingKMSEncryption | reading an SSE-KMS object needs kms:Decrypt on its key |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.access import DeniedError, arn

from cicdgen.rehearsal.wire import AwsError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.access import Access

    from cicdgen.rehearsal.wire import Members

KEY = arn("kms", "key/objects")


class S3:
    """The buckets. `read` is what other services do on a caller's behalf."""

    wire = Wire("s3")

    def __init__(self, access: Access) -> None:
        self._access = access
        self._objects: dict[tuple[str, str], list[bytes]] = {}
        self.operations: dict[str, Callable[[Members], Members]] = {"GetObject": self.get_object}

    def put(self, bucket: str, key: str, body: bytes) -> str:
        """Store an object; return its version id."""
        versions = self._objects.setdefault((bucket, key), [])
        versions.append(body)
        return f"version-{len(versions)}"

    def read(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """Return an object's bytes, the newest version's unless one is named."""
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        self._access.need(action, f"arn:aws:s3:::{bucket}/{key}")
        versions = self._objects.get((bucket, key), [])
        at = int(version.removeprefix("version-")) if version else len(versions)
        if not 0 < at <= len(versions):
            raise DeniedError("Access Denied")
        self._access.need("kms:Decrypt", KEY)
        return versions[at - 1]

    def get_object(self, asked: Members) -> Members:
        """GetObject."""
        return {"Body": self.read(asked["Bucket"], asked["Key"], asked.get("VersionId"))}

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as S3 does."""
        return AwsError("AccessDenied", message, status=403)

    @staticmethod
    def throttled(message: str) -> AwsError:
        """Word throttling as S3 does."""
        return AwsError("SlowDown", message, status=503)
