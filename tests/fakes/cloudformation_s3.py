"""S3, as far as deploying goes: templates are put, buckets are looked into and emptied."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.fakes.cloudformation_wire import refused

from cicdgen.rehearsal.wire import AwsError, Response, UnknownError

if TYPE_CHECKING:
    from cicdgen.rehearsal.wire import Request


@dataclass
class Buckets:
    """Buckets with versions of objects: `{bucket: {key: text}}`, one version of each."""

    objects: dict[str, dict[str, str]] = field(default_factory=dict)

    def make(self, name: str) -> None:
        """A new bucket, or the one that was retained."""
        self.objects.setdefault(name, {})

    def drop(self, name: str) -> None:
        """It is gone."""
        self.objects.pop(name, None)

    def is_full(self, name: str) -> bool:
        """Whether something is in it."""
        return bool(self.objects.get(name))

    def by_url(self, url: str) -> str:
        """A template by its URL."""
        _, bucket, key = unquote(urlsplit(url).path).split("/", 2)
        return self.objects[bucket][key]

    def answer(self, request: Request) -> Response:
        """PutObject, HeadObject, ListObjectVersions, DeleteObjects (AmazonS3/latest/API)."""
        url = urlsplit(request.target)
        _, bucket, *rest = unquote(url.path).split("/", 2)
        query = parse_qs(url.query, keep_blank_values=True)
        if bucket not in self.objects:
            return refused(AwsError("NoSuchBucket", f"{bucket} does not exist", status=404))
        match request.method:
            case "PUT" if rest and rest[0]:
                self.objects[bucket][rest[0]] = request.body.decode()
                return Response(status=200, headers={"ETag": '"0"'})
            case "HEAD" if rest and rest[0] not in self.objects[bucket]:
                return Response(status=404)
            case "GET" if "versions" in query:
                return self._versions(bucket, int(query.get("max-keys", ["1000"])[0]))
            case "POST" if "delete" in query:
                for key in re.findall(r"<Key>([^<]*)</Key>", request.body.decode()):
                    self.objects[bucket].pop(key, None)
                return Response(status=200, body=b"<DeleteResult></DeleteResult>")
            case _:
                raise UnknownError(f"s3 {request.method} {request.target}")

    def _versions(self, bucket: str, most: int) -> Response:
        rows = "".join(
            f"<Version><Key>{escape(key)}</Key><VersionId>v1</VersionId></Version>"
            for key in list(self.objects[bucket])[:most]
        )
        text = f"<ListVersionsResult>{rows}</ListVersionsResult>"
        return Response(status=200, body=text.encode())
