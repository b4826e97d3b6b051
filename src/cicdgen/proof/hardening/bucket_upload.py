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

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.iam import Answer

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
        yield from _half_closed(stack, bucket, request)
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


def _half_closed(stack: Stack, bucket: Resource, request: Request) -> Iterator[Remark]:
    """Another key is refused, and an upload that names no key of anybody's is not."""
    policies = policies_of(stack)
    context = {"aws:SecureTransport": "true"}

    def asked(**headers: str) -> Answer:
        named = {f"s3:{name.replace('_', '-')}": value for name, value in headers.items()}
        return decide(
            Request.of(request.principal, "s3:PutObject", request.resource, context | named),
            policies,
        )

    other = asked(
        x_amz_server_side_encryption="aws:kms",
        x_amz_server_side_encryption_aws_kms_key_id="arn:aws:kms:::key/of-somebody-else",
    )
    plain = asked(x_amz_server_side_encryption="AES256")
    by = other.by if isinstance(other, Denied) else ()
    refusing = [each for each in by if {test.key.lower() for test in each.tests} & set(_HEADERS)]
    if refusing and not isinstance(plain, Denied):
        yield Flaw(
            check=NAME,
            path=refusing[0].origin.path,
            message=f"{refusing[0]} refuses another key, and lets through an upload to"
            f" {bucket.logical_id} with AES256, which is under no key of yours",
            fix="refuse s3:x-amz-server-side-encryption other than aws:kms too",
            source="AmazonS3/UsingKMSEncryption",
        )


def _mentions(stack: Stack) -> bool:
    """Whether any policy asks for the encryption of an upload."""
    return any(
        test.key.lower() in _HEADERS
        for statement in resource_statements(stack)
        for test in statement.tests
    )
