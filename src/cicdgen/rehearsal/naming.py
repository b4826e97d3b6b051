"""Names for what nobody knows before the stack exists: CloudFormation's, made up here.

Code that runs needs a bucket's name, and the evaluator needs to know whose name it is. So each
token gets a value of its shape, the same in every rehearsal, and is found again by that value.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Shape, Text
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from cicdgen.cloudformation import Token

_EXAMPLES = {Shape.ACCOUNT: "999999999999", Shape.NUMBER: "1"}


@dataclass(eq=False)
class Names:
    """The values of a stack's tokens.

    Attributes:
        stack: the stack's name, with which generated names begin.
    """

    stack: str
    _values: dict[str, Token] = field(default_factory=dict)
    _given: dict[Token, str] = field(default_factory=dict)

    def of(self, text: Text) -> str:
        """The text with every token's value in it.

        Raises:
            UsageError: nothing can be made up for a token: a parameter without a value.
        """
        known = text.code
        for token in text.tokens:
            known = known.replace(token.mark, self._value(token))
        return known

    def example(self, text: Text) -> str:
        """One of the texts that it may be, where what holds is true of all of them."""
        known = text.code
        for token in text.tokens:
            try:
                value = self._value(token)
            except UsageError:
                value = _EXAMPLES.get(token.shape, "any")
            known = known.replace(token.mark, value)
        return known

    def read(self, value: str) -> Text:
        """The text that a value stands for: the tokens are found again."""
        code = Text.literal(value).code
        for known, token in self._values.items():
            code = code.replace(known, token.mark)
        return Text(code)

    def fix(self, token: Token, value: str) -> None:
        """Say what a token's value is, where somebody else has made it up."""
        self._values[value] = token

    def give(self, token: Token, value: str) -> None:
        """Say what a token's value is: one too short to be known again by."""
        self._given[token] = value

    def _value(self, token: Token) -> str:
        if token in self._given:
            return self._given[token]
        for value, known in self._values.items():
            if known == token:
                return value
        value = self._made(token)
        self._values[value] = token
        return value

    def _made(self, token: Token) -> str:
        digest = hashlib.sha256(token.name.encode()).hexdigest()
        match token.shape:
            case Shape.MADE:
                word = re.sub(r"[^a-z0-9]", "", token.name.lower())
                return f"{self.stack}-{word}-{digest[:12]}"
            case Shape.ID:
                return "-".join(digest[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 28)))
            case _:
                raise UsageError(
                    f"the rehearsal cannot know {token.name}: {token.because or 'nobody says'}",
                    hint="a parameter gets a value with --parameter-overrides NAME=VALUE",
                )
