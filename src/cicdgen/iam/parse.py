"""Reading policy documents from resolved JSON.

What is malformed becomes `Unreadable`, not an exception: AWS would refuse the document, and a
checker has to say so and go on. Source: IAM/reference_policies_grammar.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from cicdgen.cloudformation.intrinsics import as_text
from cicdgen.cloudformation.text import Text
from cicdgen.cloudformation.truth import Truth
from cicdgen.cloudformation.values import Fields, Items, Json, Path, Value, plain
from cicdgen.iam.condition import Test, read_operator
from cicdgen.iam.grantees import EVERYONE, Grantee, Grantees
from cicdgen.iam.pattern import Pattern
from cicdgen.iam.statement import (
    Actions,
    Document,
    Effect,
    Origin,
    Resources,
    Statement,
    Unreadable,
)

ALLOWS_ALL_BUT = "NotPrincipal is not supported with Allow"
_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_VERSIONS = frozenset({"2012-10-17", "2008-10-17"})


class Malformed(Exception):  # noqa: N818 - it never leaves this module
    """A statement that AWS would refuse."""


class Kind(NamedTuple):
    """What a kind of policy has.

    Attributes:
        principal: Whether its statements name principals.
        resource: Whether its statements name resources; None if they may leave that out, and are
            then about what the policy hangs on.
    """

    principal: bool
    resource: Truth


IDENTITY = Kind(principal=False, resource=True)
RESOURCE = Kind(principal=True, resource=True)
TRUST = Kind(principal=True, resource=False)
REPOSITORY = Kind(principal=True, resource=None)


def read_document(value: Value, origin: Origin, kind: Kind) -> Document:
    """The document that some resolved JSON is.

    Args:
        value: The JSON, or a string of JSON, as some types want it.
        origin: Where it stands.
        kind: What its statements must have.
    """
    value = _from_string(value, origin.path)
    if not isinstance(value, Fields):
        return unknown_document(origin, f"the policy is {_what(value)}")
    version = as_text(value.get("Version"))
    variables = version is not None and version.known == "2012-10-17"
    if version is not None and version.known not in _VERSIONS:
        return unknown_document(origin, f"there is no policy version {version}")
    statements: list[Statement] = []
    unreadable: list[Unreadable] = []
    for index, (path, written) in enumerate(_members(value, "Statement")):
        place = written.at if isinstance(written, Fields) else path
        at = replace(origin, path=place, index=index)
        try:
            statements.append(_Reader(at, kind, variables=variables).statement(written))
        except Malformed as malformed:
            unreadable.append(Unreadable(origin=at, why=str(malformed)))
    return Document(origin=origin, statements=tuple(statements), unreadable=tuple(unreadable))


def unknown_document(origin: Origin, why: str, *, allows_only: bool = False) -> Document:
    """A document that nobody here can read."""
    unreadable = Unreadable(origin=origin, why=why, allows_only=allows_only)
    return Document(origin=origin, unreadable=(unreadable,))


class _Reader:
    """Reads one statement."""

    def __init__(self, origin: Origin, kind: Kind, *, variables: bool) -> None:
        self._origin = origin
        self._kind = kind
        self._variables = variables

    def statement(self, value: Value) -> Statement:
        if not isinstance(value, Fields):
            raise Malformed(f"the statement is {_what(value)}")
        if strangers := [name for name in value if name not in _ELEMENTS]:
            raise Malformed(f"a statement has no element {strangers[0]!r}")
        sid = as_text(value.get("Sid"))
        effect = as_text(value.get("Effect"))
        try:
            read_effect = Effect(effect.known if effect else None)
        except ValueError:
            raise Malformed(f"Effect must be Allow or Deny, got {effect}") from None
        grantees = self._grantees(value)
        if grantees is not None and grantees.negated and read_effect is Effect.ALLOW:
            raise Malformed(ALLOWS_ALL_BUT)
        return Statement(
            origin=replace(self._origin, sid=str(sid) if sid else None),
            effect=read_effect,
            actions=self._actions(value),
            resources=self._resources(value),
            grantees=grantees,
            tests=tuple(self._tests(value)),
        )

    def _actions(self, value: Fields) -> Actions:
        name, found = self._one_of(value, "Action", "NotAction")
        if not found:
            raise Malformed("a statement needs Action or NotAction")
        for _, text in found:
            if text.code != "*" and ":" not in text.code and not text.tokens:
                raise Malformed(f"{name} must be * or service:Name, got {text}")
        patterns = [Pattern.read(text, wildcards=True, variables=False) for _, text in found]
        return Actions(tuple(patterns), tuple(path for path, _ in found), name == "NotAction")

    def _resources(self, value: Fields) -> Resources | None:
        name, found = self._one_of(value, "Resource", "NotResource")
        if found and self._kind.resource is False:
            raise Malformed(f"a trust policy has no {name}")
        if not found and self._kind.resource:
            raise Malformed("a statement needs Resource or NotResource")
        if not found:
            return None
        patterns = [
            Pattern.read(text, wildcards=True, variables=self._variables) for _, text in found
        ]
        return Resources(tuple(patterns), tuple(path for path, _ in found), name == "NotResource")

    def _one_of(
        self, value: Fields, name: str, opposite: str
    ) -> tuple[str, list[tuple[Path, Text]]]:
        if name in value and opposite in value:
            raise Malformed(f"a statement has {name} or {opposite}, not both")
        present = opposite if opposite in value else name
        return present, [
            (path, self._text(member, present)) for path, member in _members(value, present)
        ]

    def _text(self, value: Value, element: str) -> Text:
        if not isinstance(value, Text):
            raise Malformed(f"{element} must be a string, got {plain(value)!r}")
        return value

    def _grantees(self, value: Fields) -> Grantees | None:
        name = "NotPrincipal" if "NotPrincipal" in value else "Principal"
        if not self._kind.principal:
            if name in value:
                raise Malformed(f"a policy of an identity has no {name}")
            return None
        given = value.get(name)
        path = value.paths.get(name, self._origin.path)
        match given:
            case Text() if given == EVERYONE:
                entries: tuple[Grantee, ...] = (Grantee("AWS", EVERYONE, path),)
            case Fields() if given and set(given) <= _KINDS:
                entries = tuple(
                    Grantee(kind, as_text(member) or self._text(member, name), at)
                    for kind in given
                    for at, member in _members(given, kind)
                )
            case _:
                raise Malformed(f"{name} must be * or name AWS, Service or Federated principals")
        return Grantees(entries, name == "NotPrincipal")

    def _tests(self, value: Fields) -> Iterator[Test]:
        conditions = value.get("Condition")
        if conditions is None:
            return
        if not isinstance(conditions, Fields):
            raise Malformed(f"Condition is {_what(conditions)}")
        for name, keys in conditions.items():
            read = read_operator(name)
            if read is None:
                raise Malformed(f"there is no condition operator {name}")
            if not isinstance(keys, Fields):
                raise Malformed(f"{name} is {_what(keys)}")
            over, operator, if_exists = read
            for key in keys:
                values = [as_text(member) for _, member in _members(keys, key)]
                if None in values:
                    raise Malformed(f"{name} {key} must be a string or a list of strings")
                yield Test(
                    written=name,
                    key=key,
                    operator=operator,
                    values=tuple(
                        Pattern.read(
                            text,
                            wildcards=operator is not None and operator.wildcards,
                            variables=self._variables
                            and operator is not None
                            and operator.variables is not False,
                        )
                        for text in values
                        if text is not None
                    ),
                    over=over,
                    if_exists=if_exists,
                    path=keys.paths[key],
                )


def _members(value: Fields, name: str) -> Iterator[tuple[Path, Value]]:
    """The members of an element that may be a list or a single value."""
    if name not in value:
        return iter(())
    member = value[name]
    if isinstance(member, Items):
        return member.located()
    return iter([(value.paths[name], member)])


def _from_string(value: Value, path: Path) -> Value:
    """Some types take the document as a string of JSON."""
    if not isinstance(value, Text) or not value.code.lstrip().startswith("{"):
        return value
    try:
        return read_json(json.loads(value.code), path)
    except ValueError:
        return value


def read_json(value: Json, path: Path) -> Value:
    """JSON without intrinsic functions as a resolved value, its members found under a path."""
    match value:
        case str():
            return Text(value)
        case list():
            return Items.of(
                ((*path, i), read_json(each, (*path, i))) for i, each in enumerate(value)
            )
        case dict():
            members = {key: read_json(each, (*path, key)) for key, each in value.items()}
            return Fields(members, {key: (*path, key) for key in value}, path)
        case bool() | int() | float():
            return value
        case _:
            return None


def _what(value: Value) -> str:
    if isinstance(value, Text) and value.only:
        return f"not known: {value.only}: {value.only.because}"
    return f"no object: {plain(value)!r}"
