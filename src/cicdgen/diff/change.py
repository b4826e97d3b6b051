"""What is different between two templates, as values that every report and every gate reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicdgen.cloudformation import Path
    from cicdgen.cloudformation.values import Json


@unique
class Effect(Enum):
    """What CloudFormation does to a resource."""

    ADD = "add"
    CHANGE = "change"
    MAYBE_REPLACE = "replace, perhaps"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"


@unique
class Danger(Enum):
    """The classes of change that need `--allow CLASS[:ID]`; the value is the word for it."""

    REPLACE_STATEFUL = "replace"
    DELETE_STATEFUL = "delete"
    BROADEN_PERMISSION = "broaden"
    DROP_PROTECTION = "unprotect"


@unique
class Width(Enum):
    """How what is permitted after a change compares with what was permitted before."""

    SAME = "same"
    NARROWER = "narrower"
    BROADER = "broader"
    BOTH = "narrower and broader"
    UNKNOWN = "unknown, treated as broader"


class Note(str):
    """Words that stand where a value would: nobody knows it yet, or nobody tells it."""

    __slots__ = ()


WIDER = frozenset({Width.BROADER, Width.BOTH, Width.UNKNOWN})
"""What needs an approval: what is not known is not taken for harmless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One request that is allowed now and was not before.

    Attributes:
        principal: who, in words.
        action: e.g. `s3:GetObject`.
        resource: the ARN, with `Fn::Sub`'s marks where the template leaves it open.
        context: the values of condition keys with which it is allowed.
    """

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a change does to what may be done by, or to, one resource.

    Attributes:
        subject: the logical id of the role, key, bucket, topic, queue or function.
        width: the answer.
        witness: a request that is newly allowed, where the answer is broader or both.
        because: for unknown, what could not be decided; else what decided it, in a line.
        via: the logical ids of the resources that say something else than before.
    """

    subject: str
    width: Width
    witness: Witness | None = None
    because: str = ""
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """One place in a resource that is different; `before` or `after` is None where it is absent.

    Attributes:
        path: where it stands, from the template's root, conditions resolved.
        before: its value, tokens written as `${Name}`, or a Note.
        after: the same.
        forces_replacement: whether a change of it makes CloudFormation replace the resource.
        may_replace: whether it does so under conditions that the resource's schema does not tell.
    """

    path: Path
    before: Json
    after: Json
    forces_replacement: bool = False
    may_replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """What is done to one resource.

    Attributes:
        logical_id: its name in the template.
        type: e.g. `AWS::S3::Bucket`.
        effect: what is done to it.
        properties: what is different in it, outermost differences that a reader understands.
        unchanged: how many properties are the same, and are not shown.
        dangers: the classes it falls under.
    """

    logical_id: str
    type: str
    effect: Effect
    properties: tuple[PropertyChange, ...] = ()
    unchanged: int = 0
    dangers: frozenset[Danger] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that is different between two templates.

    Attributes:
        resources: the changed resources, the most dangerous first.
        verdicts: what changes for whoever is permitted something, `SAME` included where a policy
            was rewritten.
        other: changes outside of Resources (parameters, outputs, conditions).
        unchanged: how many resources are the same.
    """

    resources: tuple[ResourceChange, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    other: tuple[PropertyChange, ...] = ()
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the templates mean the same."""
        return not (self.resources or self.other)

    @property
    def dangers(self) -> tuple[tuple[Danger, str], ...]:
        """Each class that needs to be allowed, with the logical id it is about."""
        found = [
            (danger, change.logical_id)
            for change in self.resources
            for danger in Danger
            if danger in change.dangers
        ]
        found += [
            (Danger.BROADEN_PERMISSION, verdict.subject)
            for verdict in self.verdicts
            if verdict.width in WIDER
        ]
        return tuple(dict.fromkeys(found))
