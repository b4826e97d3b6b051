"""Patterns of a policy: text with wildcards and policy variables, held against a request.

Sources: IAM/reference_policies_elements_resource (wildcards), IAM/reference_policies_variables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cicdgen.cloudformation.text import ANY_ONE, ANY_RUN, Shape, Text, can_match, has_tokens
from cicdgen.cloudformation.truth import Truth
from cicdgen.iam.context import Context, Presence

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULTED = re.compile(r"(?P<key>[^,]*?)\s*,\s*'(?P<default>[^']*)'")
_ARN_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable: `${aws:username}`, or `${aws:PrincipalTag/team, 'none'}`."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One value of an element of a statement.

    Attributes:
        source: The value as the template gives it.
        parts: The value in code, wildcards as marks; variables stand for themselves.
    """

    source: Text
    parts: tuple[str | Variable, ...]

    @classmethod
    def read(cls, source: Text, *, wildcards: bool, variables: bool) -> "Pattern":
        """The pattern of some text.

        Args:
            source: The text.
            wildcards: Whether `*` and `?` match other characters.
            variables: Whether `${...}` is replaced: only since version 2012-10-17.
        """
        if not variables or "${" not in source.code:
            return cls(source, (_marked(source.code) if wildcards else source.code,))
        return cls(source, tuple(_merged(_split(source.code, wildcards=wildcards))))

    @property
    def has_variables(self) -> bool:
        """Whether what it matches depends on the context."""
        return len(self.parts) > 1 or isinstance(self.parts[0], Variable)

    def filled(self, context: Context) -> str | None:
        """Its code in some context; None if a variable has no value: then nothing matches it."""
        if not self.has_variables:
            return str(self.parts[0])
        codes = [part if isinstance(part, str) else _value(part, context) for part in self.parts]
        return None if None in codes else "".join(code for code in codes if code is not None)

    def may_lack_value(self, context: Context) -> bool:
        """Whether a variable in it has no value, or may have none."""
        return any(
            isinstance(part, Variable)
            and part.default is None
            and not isinstance(context.get(part.key) or Presence.ABSENT, tuple)
            for part in self.parts
        )

    def __str__(self) -> str:
        return str(self.source)


@lru_cache(maxsize=65536)
def matches(pattern: str, subject: str) -> Truth:
    """Whether a pattern's code matches a text's code, whatever their tokens are."""
    wild = ANY_RUN in pattern or ANY_ONE in pattern
    if _regex(pattern).fullmatch(subject) if wild else pattern == subject:
        return True
    if not has_tokens(pattern) and not has_tokens(subject):
        return False
    return None if can_match(pattern, subject, is_pattern=True) else False


def equals(value: str, subject: str) -> Truth:
    """Whether two codes stand for the same text, whatever their tokens are."""
    return Text(value).equals(Text(subject))


@lru_cache(maxsize=65536)
def matches_resource(pattern: str, subject: str) -> Truth:
    """Whether a pattern of a `Resource` element matches.

    A `*` at the end of a part of the ARN also matches beyond the next colon. Whether another
    wildcard does is not told, so a match that needs it is unknown; so is whether `?` stands for
    the `*` of an action that works on no resource.
    """
    answer = matches(pattern, subject)
    if answer is True and subject == "*" and ANY_ONE in pattern:
        return None
    if answer is not True or not _strays(pattern):
        return answer
    wanted, parts = (code.split(":", _ARN_PARTS - 1) for code in (pattern, subject))
    aligned = len(wanted) == len(parts) and all(map(matches, wanted, parts))
    return True if aligned else None


@lru_cache(maxsize=65536)
def matches_arn(pattern: str, subject: str) -> Truth:
    """Whether a pattern of an ARN operator matches: part by part, each for itself.

    Source: IAM/reference_policies_elements_condition_operators#Conditions_ARN. What a pattern with
    fewer than six parts matches is not told there, except the same text.
    """
    if pattern == subject:
        return True
    tokens = Text(pattern).tokens + Text(subject).tokens
    if not all(token.shape.is_one_piece for token in tokens):
        return None if can_match(pattern, subject, is_pattern=True) else False
    wanted, parts = (code.split(":", _ARN_PARTS - 1) for code in (pattern, subject))
    if len(parts) < _ARN_PARTS:
        return False
    if len(wanted) < _ARN_PARTS:
        return None if can_match(pattern, subject, is_pattern=True) else False
    answers = list(map(matches, wanted, parts))
    if False in answers:
        return False
    return None if None in answers else True


@lru_cache(maxsize=65536)
def _regex(code: str) -> re.Pattern[str]:
    """The code as an expression: `?` is one character, so never a token."""
    escaped = re.escape(code)
    one = "[^\U000f0000-\U0010ffff]"
    return re.compile(escaped.replace(ANY_RUN, ".*").replace(ANY_ONE, one), re.DOTALL)


@lru_cache(maxsize=65536)
def _strays(pattern: str) -> bool:
    """Whether a wildcard before the fifth colon is not the `*` that ends its part."""
    return any(
        ANY_RUN in part[:-1] or ANY_ONE in part
        for part in pattern.split(":", _ARN_PARTS - 1)[: _ARN_PARTS - 1]
    )


def _marked(code: str) -> str:
    return code.replace("*", ANY_RUN).replace("?", ANY_ONE)


def _split(code: str, *, wildcards: bool) -> Iterator[str | Variable]:
    end = 0
    for found in _VARIABLE.finditer(code):
        before = code[end : found.start()]
        yield _marked(before) if wildcards else before
        end = found.end()
        if found[1] in {"*", "?", "$"}:
            yield found[1]
        elif defaulted := _DEFAULTED.fullmatch(found[1]):
            yield Variable(defaulted["key"].lower(), defaulted["default"])
        else:
            yield Variable(found[1].strip().lower(), None)
    yield _marked(code[end:]) if wildcards else code[end:]


def _merged(parts: Iterator[str | Variable]) -> Iterator[str | Variable]:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text


def _value(variable: Variable, context: Context) -> str | None:
    """What a variable stands for. A key with several values cannot be one: that is unknown."""
    match context.get(variable.key):
        case Presence.ABSENT | ():
            return variable.default
        case (Text(code=code),) if not set(code) & {"*", "?"}:
            return code
        case _:
            because = "the context does not say"
            return Text.token(f"{variable.key} in the request", Shape.ANY, because=because).code
