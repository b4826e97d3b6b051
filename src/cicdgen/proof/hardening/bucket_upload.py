"""A policy that refuses uploads under another key lets through those that name none.

An upload that relies on the bucket's default encryption sends no header. StringNotEquals is true of
a header that is not there, with or without IfExists: such a statement refuses `aws s3 cp`.
Source: AmazonS3/UsingKMSEncryption, IAM/reference_policies_elements_condition_operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import ABSENT, Denied, Request, Root, Unknown, decide
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.granted import policies_of, resource_statements
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "bucket-upload"
_HEADERS = (
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every bucket that encrypts by default."""
    for bucket in stack.of_type("AWS::S3::Bucket"):
        if not Place.of(bucket).at("BucketEncryption").is_given:
            continue
        account = stack.pseudo_parameters["AWS::AccountId"]
        uploader = Root(account)
        context = dict.fromkeys(_HEADERS, ABSENT) | {"aws:SecureTransport": "true"}
        request = Request.of(uploader, "s3:PutObject", bucket.arn + "/key", context)
        answer = decide(request, policies_of(stack))
        if isinstance(answer, Unknown) and _mentions(stack):
            because = f"whether an upload that names no encryption is refused: {answer.because[0]}"
            yield Doubt(check=NAME, path=bucket.path, because=because)
        for statement in answer.by if isinstance(answer, Denied) else ():
            keys = {test.key.lower() for test in statement.tests}
            if keys & set(_HEADERS):
                yield Flaw(
                    check=NAME,
                    path=statement.origin.path,
                    message=f"{statement} also refuses an upload to {bucket.logical_id} that names"
                    " no encryption and would be encrypted by default",
                    fix='add Null: {the header: "false"}, so that only a wrong header is refused',
                    source="AmazonS3/UsingKMSEncryption",
                )


def _mentions(stack: Stack) -> bool:
    """Whether any policy asks for the encryption of an upload."""
    return any(
        test.key.lower() in _HEADERS
        for statement in resource_statements(stack)
        for test in statement.tests
    )
