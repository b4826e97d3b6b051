"""Buckets, topics and queues refuse plain HTTP, a bucket also for its objects.

A statement on the objects alone leaves the bucket open, and the other way round.
Source: AmazonS3/security-best-practices, sns/sns-security-best-practices,
sqs/sqs-security-best-practices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.denial import refuses_plain_http

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "plain-http"
_CALLS = {
    "AWS::S3::Bucket": (("s3:ListBucket", "", "it"), ("s3:GetObject", "/key", "its objects")),
    "AWS::SNS::Topic": (("sns:Publish", "", "it"),),
    "AWS::SQS::Queue": (("sqs:SendMessage", "", "it"),),
}
_PAGES = {
    "AWS::S3::Bucket": "AmazonS3/security-best-practices",
    "AWS::SNS::Topic": "sns/sns-security-best-practices",
    "AWS::SQS::Queue": "sqs/sqs-security-best-practices",
}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket, topic and queue."""
    for resource in stack.of_type(*_CALLS):
        answers = {
            what: refuses_plain_http(stack, action, resource.arn.code + below)
            for action, below, what in _CALLS[resource.type]
        }
        open_to = [what for what, answer in answers.items() if answer is False]
        if open_to:
            yield Flaw(
                check=NAME,
                path=resource.path,
                message=f"no policy refuses plain HTTP to {resource.logical_id}:"
                f" {' and '.join(open_to)} can be reached without TLS",
                fix='deny everyone where aws:SecureTransport is "false"'
                + (", on the bucket and on its objects" if "Bucket" in resource.type else ""),
                source=_PAGES[resource.type],
            )
        elif None in answers.values():
            because = f"whether {resource.logical_id} refuses plain HTTP"
            yield Doubt(check=NAME, path=resource.path, because=because)
