"""Calls to S3 that code or a command line makes, and what asks S3 in a caller's name.

Sources: AmazonS3/API_GetObject (a version asks for GetObjectVersion), s3/UsingKMSEncryption,
lambda/API_UpdateFunctionCode (Lambda fetches the code as whoever updates the function).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cicdgen.cloudformation import Shape, Text
from cicdgen.iam import ABSENT, action_facts
from cicdgen.iam.context import Given
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops.api import Caller, action_of, named
from cicdgen.proof.hops.encryption import MANAGED, Bucket, bucket_named, grant, key_named
from cicdgen.proof.hops.objects import read, write
from cicdgen.proof.hops.said import Said


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where an object lies.

    Attributes:
        bucket: The bucket.
        key: The object's key.
        under: The key that it is encrypted with, if it is not the bucket's.
    """

    bucket: Bucket
    key: Text
    under: Text | None = None


def hops_of(caller: Caller, said: Said, inputs: Sequence[Spot]) -> Iterator[Hop | Doubt]:
    """The hops of a call to S3.

    Args:
        caller: Who calls.
        said: The call.
        inputs: What lies where the code is told when it runs.
    """
    action = action_of(said)
    if action in {"s3:getobject", "s3:GetObject"}:
        version = "versionid" in said.arguments
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
    facts = action_facts(action)
    if facts is None:
        yield caller.doubt(f"which action s3 {said.operation} takes")
        return
    if facts.resource_types and not inputs and said.given("bucket") is None:
        yield caller.guessed(facts)
    if not any(kind.name == "object" for kind in facts.resource_types):
        yield from _on_bucket(caller, said, facts.name)
        return
    spots = _spots(caller, said, facts.name, inputs)
    if not spots:
        on = Text("*")
        yield caller.hop((caller.site.call(caller.role, facts.name, on, caller.context),))
        return
    if facts.access_level == "Write":
        headers = _headers(said)
        moves = [
            write(caller.site, caller.role, s.bucket, s.key, under=s.under, headers=headers)
            for s in spots
        ]
        if facts.name != "s3:PutObject":
            moves = [(caller.site.call(caller.role, facts.name, _arn(caller, s)),) for s in spots]
    else:
        moves = [
            read(caller.site, caller.role, s.bucket, s.key, actions=(facts.name,), under=s.under)
            for s in spots
        ]
    yield caller.hop(_merged(moves), source="AmazonS3/UsingKMSEncryption")


def code_fetched(caller: Caller, said: Said, stored: Sequence[Spot]) -> Iterator[Hop]:
    """UpdateFunctionCode: what Lambda fetches, and what it may ask of the environment's key."""
    if "s3bucket" not in said.arguments:
        return
    version = "s3objectversion" in said.arguments
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    where = Said(
        service="s3",
        operation="getobject",
        arguments={"bucket": said.given("s3bucket"), "key": said.given("s3key")},
    )
    for spot in _spots(caller, where, action, stored):
        calls = read(
            caller.site, caller.role, spot.bucket, spot.key, actions=(action,), under=spot.under
        )
        why = "Lambda fetches the code with the rights of whoever updates the function."
        yield caller.hop(calls, why, source="lambda/API_UpdateFunctionCode")
        if version:
            # Lambda may look at the object before it fetches the version.
            call = caller.site.call(caller.role, "s3:GetObject", _arn(caller, spot))
            yield caller.hop(
                (call,),
                why,
                source="lambda/API_UpdateFunctionCode",
                strength=Strength.SAFE_SIDE,
            )


def environment_kept(caller: Caller, functions: Sequence[Text]) -> Iterator[Hop]:
    """Lambda may make the grant on the environment's key again, as whoever changes the function."""
    site = caller.site
    for function in site.every("AWS::Lambda::Function"):
        key = key_named(site, function.properties.get("KmsKeyArn"))
        if function.arn not in functions or key is None or key == MANAGED:
            continue
        yield caller.hop(
            tuple(grant(site, caller.role, key)),
            "Code updates were seen to fail without it.",
            source="lambda/configuration-envvars-encryption",
            strength=Strength.SAFE_SIDE,
        )


def _arn(caller: Caller, spot: Spot) -> Text:
    return caller.site.object_arn(spot.bucket.arn, spot.key)


def _spots(caller: Caller, said: Said, action: str, elsewhere: Sequence[Spot]) -> tuple[Spot, ...]:
    """Where an object may lie that a call is about."""
    name, key = said.given("bucket"), said.given("key")
    bucket = bucket_named(caller.site, name)
    if bucket is not None and key is not None:
        return (Spot(bucket=bucket, key=key),)
    if bucket is None and elsewhere:
        return tuple(elsewhere)
    facts = action_facts(action)
    within = f"{bucket.arn.code}/" if bucket is not None else ""
    found = tuple(_apart(caller, arn) for arn in (named(caller, facts, within) if facts else ()))
    if found or bucket is None:
        return tuple(spot for spot in found if spot is not None)
    anything = Text.token("some object", Shape.ANY, because="the code says at run time")
    return (Spot(bucket=bucket, key=anything),)


def _apart(caller: Caller, arn: Text) -> Spot | None:
    front, slash, key = arn.code.partition("/")
    bucket = bucket_named(caller.site, Text(front))
    return Spot(bucket=bucket, key=Text(key)) if bucket is not None and slash else None


def _on_bucket(caller: Caller, said: Said, action: str) -> Iterator[Hop]:
    bucket = bucket_named(caller.site, said.given("bucket"))
    facts = action_facts(action)
    found = (bucket.arn,) if bucket else (named(caller, facts) if facts else ())
    on = found or (Text("*"),)
    yield caller.hop((caller.site.call(caller.role, action, on, caller.context),))


def _headers(said: Said) -> Mapping[str, Given]:
    def header(name: str) -> Given:
        if name not in said.arguments:
            return ABSENT
        given = said.arguments[name]
        return given or Text.token(name, Shape.ANY, because="the code says at run time")

    return {
        "s3:x-amz-server-side-encryption": header("serversideencryption"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id": header("ssekmskeyid"),
        "s3:x-amz-acl": header("acl"),
    }


def _merged(moves: Sequence[tuple[Call, ...]]) -> tuple[Call, ...]:
    """Several calls of which one is made, as one call with several ways."""
    longest = max(moves, key=len)
    return tuple(
        Call(
            ways=tuple(way for move in moves if i < len(move) for way in move[i].ways),
            on=longest[i].on,
        )
        for i in range(len(longest))
    )
