"""The rights of `publish` are for the calls that its code makes: all of them, and no others."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from tests.permissions.test_least import asked_for, template_of

from cicdgen.permissions.policy import Command, least

if TYPE_CHECKING:
    from collections.abc import Iterator

AWS = Path(__file__).parents[2] / "src" / "cicdgen" / "aws"
MODULES = ("objects.py", "pipelines.py")
SERVICES = ("cloudformation", "codepipeline", "s3")
NEEDS = {
    # s3/API_HeadObject: it takes the right to get, and to list, to know a missing object.
    "s3:HeadObject": {"s3:GetObject", "s3:ListBucket"},
    # s3/UsingKMSEncryption.
    "s3:PutObject": {"s3:PutObject", "kms:GenerateDataKey"},
}
"""Calls that take other rights than those of their name."""


def _called(module: str) -> Iterator[str]:
    """The AWS calls that a module makes, as `s3:PutObject`."""
    operations = {
        method: f"{service}:{operation}"
        for service in SERVICES
        for method, operation in boto3.client(
            service,
            region_name="us-east-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 - nobody's
        ).meta.method_to_api_mapping.items()
    }
    for node in ast.walk(ast.parse((AWS / module).read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=str(name))]
            ):
                yield operations[name]
            case ast.Call(func=ast.Attribute(attr=name)) if name in operations:
                yield operations[name]


def test_the_rights_are_for_the_calls() -> None:
    """What the code calls and what the policy allows are the same."""
    called = {call for module in MODULES for call in _called(module)}
    needed = {right for call in called for right in NEEDS.get(call, {call})}
    granted = {
        action
        for statement in least(template_of(), asked_for(Command.PUBLISH))
        for action in statement.actions
    }

    assert needed == granted
