"""The policies of a stack, collected once for all the checks that look at them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cicdgen.iam import collect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack
    from cicdgen.iam import Policies, Statement
    from cicdgen.iam.statement import Unreadable


@lru_cache(maxsize=4)
def policies_of(stack: Stack) -> Policies:
    """Every policy of a stack."""
    return collect(stack)


def unread(stack: Stack) -> Iterator[Unreadable]:
    """What of the template's policies nobody here can read, each once; a boundary only narrows."""
    policies = policies_of(stack)
    documents = [policy.document for policy in policies.identity]
    documents += [policy.document for policy in policies.resource]
    documents += policies.loose
    found = dict.fromkeys(each for document in documents for each in document.unreadable)
    return (each for each in found if each.origin.resource in stack.template.resources)


def in_template(stack: Stack, statements: tuple[Statement, ...]) -> Iterator[Statement]:
    """Those of some statements that the template itself writes: AWS's own are not judged."""
    for statement in statements:
        if statement.origin.resource in stack.template.resources:
            yield statement


@lru_cache(maxsize=4)
def identity_statements(stack: Stack) -> tuple[Statement, ...]:
    """The statements that hang on roles, users and groups, or on somebody elsewhere, each once."""
    policies = policies_of(stack)
    documents = [policy.document for policy in policies.identity]
    documents += [policy.document for policy in policies.boundaries]
    documents += policies.loose
    found = dict.fromkeys(each for document in documents for each in document.statements)
    return tuple(in_template(stack, tuple(found)))


@lru_cache(maxsize=4)
def resource_statements(stack: Stack) -> tuple[Statement, ...]:
    """The statements that hang on resources, trust policies included, each once."""
    found = dict.fromkeys(
        statement
        for policy in policies_of(stack).resource
        for statement in policy.document.statements
    )
    return tuple(in_template(stack, tuple(found)))
