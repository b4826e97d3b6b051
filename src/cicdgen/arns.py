"""ARNs, spelt once. `of(x)` puts x first in the template; `named(...)` does not.

A resource that has to exist already is `of`. What a condition or a trust policy says about a later
part is `named`, from its physical name: that keeps roles, keys and buckets free of circles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import GetAtt, Sub

if TYPE_CHECKING:
    from troposphere import AWSObject

    from cicdgen.names import Names


def of(resource: AWSObject) -> GetAtt:
    """The ARN of a resource that stands above."""
    return GetAtt(resource, "Arn")


def within(resource: AWSObject, suffix: str) -> Sub:
    """ARNs inside a resource that stands above: its objects, its versions."""
    return Sub(f"${{{resource.title}.Arn}}{suffix}")


def named(service: str, resource: str) -> Sub:
    """The ARN of a regional resource by its name, whether it exists yet or not."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")


def bucket_named(name: str) -> Sub:
    """The ARN of a bucket by its name (an `Fn::Sub` text), whether it exists yet or not."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{name}")


def via(service: str) -> Sub:
    """A service as `kms:ViaService` names it (kms/conditions-kms)."""
    return Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")


def function_and_versions(function: AWSObject) -> tuple[GetAtt, Sub]:
    """A function and everything behind a qualifier: Lambda asks for one or the other."""
    return of(function), within(function, ":*")


def deployment_group(names: Names) -> Sub:
    """The deployment group: it has no ARN attribute, so it is always by name."""
    return named("codedeploy", f"deploymentgroup:{names.application}/{names.deployment_group}")
