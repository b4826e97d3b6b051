"""The rights of a command are for the calls that its code makes: all of them, and no others."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from tests.permissions.test_least import asked_for, template_of

from cicdgen.permissions.policy import Command, least

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


@cache
def _operations(service: str) -> dict[str, str]:
    """A service's operations, as `s3:PutObject`, by the names of their methods."""
    client = boto3.client(
        service,
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - nobody's
    )
    return {name: f"{service}:{call}" for name, call in client.meta.method_to_api_mapping.items()}


def _mentioned(service: str, modules: Sequence[Path]) -> set[str]:
    """The operations of a service that modules name, as methods or as texts."""
    operations = _operations(service)
    names = {
        name
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for name in _names(node)
    }
    return {operations[name] for name in names & operations.keys()}


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name


def _called(module: str) -> Iterator[str]:
    """The AWS calls that a module makes, as `s3:PutObject`."""
    operations = {name: call for service in SERVICES for name, call in _operations(service).items()}
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


def test_every_call_of_cloudformation_has_its_right() -> None:
    """What `cicdgen.aws` calls of CloudFormation, the commands' policies allow, and no more."""
    # A rehearsal's calls go to the sandbox, which asks for no right.
    modules = [path for path in sorted(AWS.glob("*.py")) if path.name != "sandbox.py"]
    granted = {
        action
        for command in Command
        for statement in least(template_of(), asked_for(command))
        for action in statement.actions
        if action.startswith("cloudformation:")
    }

    assert _mentioned("cloudformation", modules) == granted
