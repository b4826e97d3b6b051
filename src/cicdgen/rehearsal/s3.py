"""S3: versioned buckets, with objects under the bucket's key or under one that is sent.

| rests on | behaviour |
| --- | --- |
| AmazonS3/API_GetObject | s3:GetObject reads; s3:GetObjectVersion once a version is named |
| AmazonS3/API_GetObject | without s3:ListBucket a missing object is AccessDenied |
| AmazonS3/UsingKMSEncryption | S3 asks KMS as whoever reads or writes |
| AmazonS3/Versioning | without versioning an object has one version, `null` |
| AmazonS3/ev-events | what S3 tells EventBridge, if the bucket has that enabled |
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.proof.hops.encryption import NO_HEADERS, Bucket, bucket_named
from cicdgen.proof.hops.objects import read, write
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.run import DeniedError
from cicdgen.rehearsal.wire import AwsError, UnknownError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.cloudformation import Text
    from cicdgen.iam import Principal
    from cicdgen.iam.context import Given
    from cicdgen.rehearsal.objects import Objects, Stored
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.wire import Members

_PUT = {"Bucket", "Key", "Body", "ContentLength", "ContentEncoding", "Metadata"}
_READ = "AmazonS3/API_GetObject"
_WRITE = "AmazonS3/UsingKMSEncryption"


@dataclass(frozen=True, kw_only=True)
class Put:
    """An object that was put: what S3 tells EventBridge."""

    bucket: str
    key: str
    version: str
    size: int
    etag: str


class S3:
    """The buckets of a stack.

    Attributes:
        elsewhere: the names of others, that are taken as being there.
    """

    wire = Wire("s3")

    def __init__(self, run: Run, objects: Objects) -> None:
        self._run = run
        self._objects = objects
        self.elsewhere: frozenset[str] = frozenset()
        self.operations: dict[str, Callable[[Principal, Members], Members]] = {
            "GetObject": self._get_object,
            "PutObject": self._put_object,
        }

    def read(
        self, who: Principal, bucket: str, key: str, version: str | None, source: str = _READ
    ) -> Stored:
        """Read an object as somebody.

        Raises:
            DeniedError: they may not, or there is no such object.
        """
        found = self._bucket(bucket)
        held = self._objects.get(bucket, key, version)
        under = self._run.names.read(held.key) if held is not None and held.key else None
        # S3 encrypts what was put with the bucket's key under that; another key was sent along.
        own = under if under != found.key else None
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        calls = read(
            self._run.site, who, found, self._run.names.read(key), actions=(action,), under=own
        )
        if held is None:
            self._run.ask(who, calls[:1], source)
            raise DeniedError(f"there is no {key} {version or ''} in {bucket}: AccessDenied")
        self._run.ask(who, calls, source)
        return held

    def write(
        self,
        who: Principal,
        bucket: str,
        key: str,
        body: bytes,
        *,
        under: Text | None = None,
        headers: Mapping[str, Given] = NO_HEADERS,
        source: str = _WRITE,
    ) -> Put:
        """Write an object as somebody, under a key that is sent or the bucket's own.

        Raises:
            DeniedError: they may not.
        """
        found = self._bucket(bucket)
        run = self._run
        calls = write(run.site, who, found, run.names.read(key), under=under, headers=headers)
        run.ask(who, calls, source)
        chosen = under or found.key
        version = self._objects.put(
            bucket,
            key,
            body,
            key=None if chosen is None else run.names.of(chosen),
            versioned=_is_versioned(found),
        )
        etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        return Put(bucket=bucket, key=key, version=version, size=len(body), etag=etag)

    def newest(self, bucket: str, key: str) -> str | None:
        """The version that an object has now; None if there is none."""
        held = self._objects.get(bucket, key)
        return None if held is None else held.version

    def tells_events(self, bucket: str) -> bool:
        """Whether the bucket tells EventBridge of its objects."""
        found = self._bucket(bucket).resource
        if found is None:
            return bucket in self.elsewhere
        notified = Place.of(found).at("NotificationConfiguration", "EventBridgeConfiguration")
        enabled = notified.at("EventBridgeEnabled")
        return notified.is_given and (not enabled.is_given or enabled.is_on is True)

    def _bucket(self, name: str) -> Bucket:
        found = bucket_named(self._run.site, self._run.names.read(name))
        if found is None or (found.resource is None and name not in self.elsewhere):
            raise DeniedError(f"the bucket {name} is not in the template")
        return found

    def _get_object(self, who: Principal, asked: Members) -> Members:
        if unknown := asked.keys() - {"Bucket", "Key", "VersionId", "ChecksumMode"}:
            raise UnknownError(f"GetObject with {unknown}")
        held = self.read(who, asked["Bucket"], asked["Key"], asked.get("VersionId"))
        return {"Body": held.body, "VersionId": held.version}

    def _put_object(self, who: Principal, asked: Members) -> Members:
        if asked.get("ContentEncoding", "aws-chunked") != "aws-chunked" or asked.get("Metadata"):
            raise UnknownError("PutObject with an encoding, or with metadata")
        checksums = {name for name in asked if name.startswith("Checksum")}
        if unknown := asked.keys() - checksums - _PUT:
            raise UnknownError(f"PutObject with {unknown}")
        body: bytes = asked.get("Body", b"")
        sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if asked.get("ChecksumSHA256", sha256) != sha256:
            raise AwsError("BadDigest", "the checksum is of other bytes", status=400)
        put = self.write(who, asked["Bucket"], asked["Key"], body)
        return {"ETag": put.etag} | ({} if put.version == "null" else {"VersionId": put.version})

    @staticmethod
    def denied(message: str) -> AwsError:
        """Word a denial as S3 does."""
        return AwsError("AccessDenied", message, status=403)


def _is_versioned(bucket: Bucket) -> bool:
    if bucket.resource is None:
        return True
    place = Place.of(bucket.resource).at("VersioningConfiguration", "Status")
    return place.known == "Enabled"
