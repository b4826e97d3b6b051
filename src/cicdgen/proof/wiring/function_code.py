"""The code of a function is where CloudFormation can fetch it.

A path on somebody's machine is there for nobody else. An object in a bucket that the same template
makes cannot be there when the function is created (failures 10, 18).
Source: AWSCloudFormation/aws-properties-lambda-function-code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Stack

NAME = "function-code"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the code of every function and layer."""
    for function in stack.of_type("AWS::Lambda::Function"):
        yield from _code(stack, function, Place.of(function).at("Code"))
    for layer in stack.of_type("AWS::Lambda::LayerVersion"):
        yield from _code(stack, layer, Place.of(layer).at("Content"))


def _code(stack: Stack, function: Resource, code: Place) -> Iterator[Remark]:
    if code.text is not None and not code.is_unknown:
        message = f"the code of {function.logical_id} is {code}, a path on one machine"
        fix = "give S3Bucket, S3Key and S3ObjectVersion, or ZipFile; or package the template"
        yield _flaw(code.path, message, fix)
        return
    named = code.at("S3Bucket")
    if not named.is_given or ("cdk-" in str(named) and "-assets-" in str(named)):
        return
    bucket = referent(stack, named, "AWS::S3::Bucket")
    if isinstance(bucket, Elsewhere):
        because = f"whether the code is there: {bucket.because}"
        yield Doubt(check=NAME, path=named.path, because=because)
    elif _filler(stack):
        because = f"whether {_filler(stack)} puts the code there first"
        yield Doubt(check=NAME, path=named.path, because=because)
    else:
        message = (
            f"the code of {function.logical_id} is in {bucket.logical_id}, which this template"
            " makes: it is empty when the function is created"
        )
        fix = "keep the first code in ZipFile, or in a bucket that is there before the stack"
        yield _flaw(named.path, message, fix)


def _filler(stack: Stack) -> str | None:
    """A custom resource that may put objects into the bucket."""
    for each in stack.resources.values():
        if each.type.startswith("Custom::") or each.type == "AWS::CloudFormation::CustomResource":
            return each.logical_id
    return None


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "AWSCloudFormation/aws-properties-lambda-function-code"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
