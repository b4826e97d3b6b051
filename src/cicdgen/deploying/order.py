"""What is to be deployed, where, and how."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation.values import Json
    from cicdgen.deploying.locating import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where a template goes that is too long to be sent inline."""

    name: str
    prefix: str = ""
    kms_key: str | None = None

    def key(self, digest: str) -> str:
        """The object's key: the same template has the same."""
        return "/".join(filter(None, (self.prefix.strip("/"), f"{digest}.template.json")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person asks for.

    Attributes:
        address: the stack.
        body: the template, compact.
        is_kept: whether the stack gets termination protection.
        parameters: values that the command line gives.
        capabilities: those given; None for those that the template needs.
    """

    address: Address
    body: str
    is_kept: bool = True
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[tuple[str, str], ...] = ()
    capabilities: tuple[str, ...] | None = None
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()
    on_failure: str | None = None
    keeps_what_succeeded: bool = False
    imports_existing: bool = False
    bucket: Bucket | None = None

    @property
    def document(self) -> Mapping[str, Json]:
        """The template as a document."""
        document: dict[str, Json] = json.loads(self.body)
        return document

    @property
    def aliases(self) -> tuple[str, ...]:
        """The logical ids of the aliases that releases move."""
        return aliases(self.document)

    def parameters_for(self, known: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
        """Every parameter of the template: given, as the stack has it, or left to its default.

        Args:
            known: names of the parameters that the stack has values for.

        Raises:
            UsageError: a value is given for what is no parameter.
        """
        declared = self.document.get("Parameters") or {}
        for name in self.parameters:
            if name not in declared:
                takes = ", ".join(declared) or "none"
                raise UsageError(
                    f"--parameter-overrides: the template has no parameter {name}",
                    hint=f"its parameters: {takes}",
                )
        found: list[tuple[str, str | None]] = []
        for name in declared:
            if name in self.parameters:
                found.append((name, self.parameters[name]))
            elif name in known:
                found.append((name, None))
        return tuple(found)


def aliases(document: Mapping[str, Json]) -> tuple[str, ...]:
    """The logical ids of a template's Lambda aliases."""
    resources = document.get("Resources") or {}
    return tuple(
        name for name, each in resources.items() if each.get("Type") == "AWS::Lambda::Alias"
    )


def fingerprint(text: str) -> str:
    """The hash of a template by its meaning: white space and the order of keys do not count.

    GetTemplate gives every character beyond ASCII back as a question mark, so they count as one.
    """
    try:
        text = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    except ValueError:
        pass  # YAML: as it is written
    else:
        text = json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False)
    folded = "".join(letter if letter.isascii() else "?" for letter in text)
    return hashlib.sha256(folded.encode()).hexdigest()


def digest(*values: object) -> str:
    """The hash of values that JSON can hold."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
