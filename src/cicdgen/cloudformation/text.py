"""Text that is known only in part before the stack exists.

A template says `arn:aws:s3:::${Bucket}` long before anyone knows the bucket's name. `Text` keeps
what is known as characters and what is not as `Token`s with an identity, so that two values built
from the same token are equal, and two generated names are never taken for one another.

Inside, a token is one character of Unicode's private planes. So a text is a plain `str`, and
comparing, hashing, splitting and matching it run at the speed of `str`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, unique
from functools import cache, lru_cache
from typing import Self

from cicdgen.cloudformation.overlap import Element, can_be_equal
from cicdgen.cloudformation.truth import Truth

_FIRST_MARK = 0xF0000
_FIRST = chr(_FIRST_MARK)
_MARKS = re.compile("[\U000f0000-\U0010ffff]")

ANY_RUN, ANY_ONE = "\ue000", "\ue001"
"""In the code of a pattern: the wildcard for any characters, and for any one character."""
_RESERVED = re.compile(f"[{ANY_RUN}{ANY_ONE}\U000f0000-\U0010ffff]")


@unique
class Shape(Enum):
    """What is known about the characters of a token.

    `GIVEN` is chosen outside the stack, before the stack makes any name (a parameter, an import):
    it is never the generated name of a resource of the same stack. `MADE` is a name that
    CloudFormation generates: some text, a hyphen and a random suffix that nothing else has.
    `ID` is random as a whole (a KMS key id). `WORD` is letters, digits and hyphens, `NAME` has
    `_.+=,@` too. `ANY` may be anything at all.
    """

    ANY = "any"
    GIVEN = "given"
    MADE = "made"
    ID = "id"
    ACCOUNT = "account"
    NUMBER = "number"
    WORD = "word"
    NAME = "name"

    @property
    def is_one_piece(self) -> bool:
        """Whether it has no colon and no slash, so that it never spans two parts of an ARN."""
        return self not in {Shape.ANY, Shape.GIVEN}

    def elements(self, mark: str) -> tuple[Element, ...]:
        """The shape as elements that `overlap` can walk; `mark` is the token's own."""
        return tuple(Element(mark) if e.matches == "mark" else e for e in _ELEMENTS[self])


_ELEMENTS = {
    Shape.ANY: (Element("any", repeats=True),),
    Shape.GIVEN: (Element("given", repeats=True),),
    Shape.MADE: (Element("name", repeats=True), Element("-"), Element("mark")),
    Shape.ID: (Element("mark"),),
    Shape.ACCOUNT: (Element("digit"),) * 12,
    Shape.NUMBER: (Element("digit", repeats=True),),
    Shape.WORD: (Element("word", repeats=True),),
    Shape.NAME: (Element("name", repeats=True),),
}


@dataclass(frozen=True, kw_only=True)
class Token:
    """Something that has one value in a stack, and that nobody knows yet.

    Attributes:
        name: What a person calls it, as `AWS::AccountId` or `SourceBucket`.
        shape: What is known about its characters.
        because: Why it is not known, as the end of a sentence.
    """

    name: str
    shape: Shape = Shape.ANY
    because: str = field(default="", compare=False)

    @property
    def mark(self) -> str:
        """The private character that stands for this token; equal tokens share it."""
        return _mark_of(self)

    def __str__(self) -> str:
        return f"${{{self.name}}}"


_TOKENS: list[Token] = []


@cache
def _mark_of(token: Token) -> str:
    _TOKENS.append(token)
    return chr(_FIRST_MARK + len(_TOKENS) - 1)


def token_of(mark: str) -> Token:
    """The token that a private character stands for."""
    return _TOKENS[ord(mark) - _FIRST_MARK]


@dataclass(frozen=True, slots=True)
class Text:
    """A string of known characters and tokens. `code` holds a token as its mark."""

    code: str

    @classmethod
    def literal(cls, value: str) -> Self:
        """Text that is known. Private characters in it, which none should have, are unreadable."""
        if value.isascii():
            return cls(value)
        return cls(_RESERVED.sub("\N{REPLACEMENT CHARACTER}", value))

    @classmethod
    def token(cls, name: str, shape: Shape = Shape.ANY, *, because: str = "") -> Self:
        """Text that is one token."""
        return cls(Token(name=name, shape=shape, because=because).mark)

    @classmethod
    def joined(cls, parts: Iterable["Text"], delimiter: str = "") -> Self:
        """The parts, one after the other, with a delimiter's code between them."""
        return cls(delimiter.join(part.code for part in parts))

    @property
    def known(self) -> str | None:
        """The string, if every character of it is known."""
        return None if self.tokens else self.code

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens in it, in order."""
        if self.code.isascii():
            return ()
        return tuple(token_of(mark) for mark in _MARKS.findall(self.code))

    @property
    def only(self) -> Token | None:
        """The token, if the text is one token and nothing else: nothing about it is known."""
        return self.tokens[0] if len(self.code) == 1 and self.tokens else None

    def equals(self, other: "Text") -> Truth:
        """Whether both are the same string, whatever their tokens turn out to be.

        Returns:
            True or False if that holds for every value of the tokens, None if it depends.
        """
        if self.code == other.code:
            return True
        if self.code.isascii() and other.code.isascii():
            return False
        return None if can_match(self.code, other.code) else False

    def split(self, delimiter: str) -> tuple["Text", ...]:
        """The pieces between the delimiters that are known."""
        return tuple(Text(piece) for piece in self.code.split(delimiter))

    def replaced(self, token: Token, value: "Text") -> "Text":
        """The text with a token's value filled in."""
        return Text(self.code.replace(token.mark, value.code))

    def __add__(self, other: "Text | str") -> "Text":
        return Text(self.code + (other if isinstance(other, str) else other.code))

    def __str__(self) -> str:
        if self.code.isascii():
            return self.code
        return _MARKS.sub(lambda found: str(token_of(found[0])), self.code)

    def __repr__(self) -> str:
        return f"Text({str(self)!r})"


def has_tokens(code: str) -> bool:
    """Whether any part of a text's code is a token."""
    return not code.isascii() and _MARKS.search(code) is not None


@lru_cache(maxsize=65536)
def can_match(one: str, other: str, *, is_pattern: bool = False) -> bool:
    """Whether two codes can be the same string.

    What both begin or end with is the same whatever its tokens are, so it decides nothing.

    Args:
        one: A code. If it is a pattern, it may hold wildcards, and a token in it that is chosen
            outside the stack may bring some more.
        other: The other code.
        is_pattern: Whether the first is a pattern.
    """
    start = _shared(one, other, is_pattern=is_pattern)
    one, other = one[start:], other[start:]
    if _differ(one[:1], other[:1]) or _differ(one[-1:], other[-1:]):
        return False
    end = _shared(one[::-1], other[::-1], is_pattern=is_pattern)
    pattern = _spelled(one[: len(one) - end])
    if is_pattern:
        pattern = tuple(e._replace(matches="any") if e.matches == "given" else e for e in pattern)
    return can_be_equal(pattern, _spelled(other[: len(other) - end]))


def _shared(one: str, other: str, *, is_pattern: bool) -> int:
    """How many first characters and tokens are the same, and surely no wildcards."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right or (is_pattern and _may_be_wild(left)):
            break
        shared += 1
    return shared


def _differ(one: str, other: str) -> bool:
    """Whether both are known characters, and not the same: most codes are told apart by that."""
    return one != other and _is_known(one) and _is_known(other)


def _is_known(character: str) -> bool:
    return "" < character < _FIRST and character not in {ANY_RUN, ANY_ONE}


def _may_be_wild(character: str) -> bool:
    if character >= _FIRST:
        return not token_of(character).shape.is_one_piece
    return character in (ANY_RUN, ANY_ONE)


def _spelled(code: str) -> tuple[Element, ...]:
    """Each known character by itself, each wildcard and each token by what it matches."""
    elements: list[Element] = []
    for character in code:
        match character:
            case _ if character >= _FIRST:
                elements += token_of(character).shape.elements(character)
            case _ if character == ANY_RUN:
                elements.append(Element("any", repeats=True))
            case _ if character == ANY_ONE:
                elements.append(Element("any"))
            case _:
                elements.append(Element(character))
    return tuple(elements)
