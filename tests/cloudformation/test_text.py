"""Text that is known in part: what is equal, what is not, and what depends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicdgen.cloudformation import Shape, Text

if TYPE_CHECKING:
    from cicdgen.cloudformation.truth import Truth

A, B = Text.token("A", Shape.MADE), Text.token("B", Shape.MADE)
KEY, ACCOUNT = Text.token("Key", Shape.ID), Text.token("AWS::AccountId", Shape.ACCOUNT)
GIVEN, ANY = Text.token("Env", Shape.GIVEN), Text.token("Custom.Name", Shape.ANY)
REGION, VERSION = Text.token("AWS::Region", Shape.WORD), Text.token("Version", Shape.NUMBER)
ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


def _(text: str) -> Text:
    return Text.literal(text)


@pytest.mark.parametrize(
    "one, other, expected",
    [
        (_("a"), _("a"), True),
        (_("a"), _("b"), False),
        (A, A, True),
        (A, B, False),
        (A + "-x", A + "-y", False),
        (A, _("other"), False),
        (A, _("stack-a-1abcdefghijk"), None),
        (A, GIVEN, False),
        (A, ANY, None),
        (KEY, _(ID), None),
        (KEY, _("alias/x"), False),
        (KEY, A, False),
        (GIVEN, _("prod"), None),
        (GIVEN + "-x", _("prod-y"), False),
        (GIVEN, Text.token("Other", Shape.GIVEN), None),
        (ACCOUNT, _("111122223333"), None),
        (ACCOUNT, _("1111"), False),
        (ACCOUNT, _(""), False),
        (REGION, _("us-east-1"), None),
        (REGION, _("us:east"), False),
        (VERSION, _("7"), None),
        (VERSION, _("live"), False),
        (_("arn:") + REGION + ":x", _("arn:r:y"), False),
    ],
)
def test_texts_are_equal_or_not_or_it_depends(one: Text, other: Text, expected: Truth) -> None:
    """Equal tokens are equal, generated names are nothing else, and the rest depends."""
    assert expected is one.equals(other)
    assert expected is other.equals(one)


def test_a_token_is_told_by_name_and_shape() -> None:
    """The same name and shape is the same token, whatever the reason given for it."""
    assert Text.token("X", Shape.ANY, because="a") == Text.token("X", Shape.ANY, because="b")
    assert Text.token("X", Shape.ANY) != Text.token("X", Shape.MADE)


def test_text_shows_its_tokens_by_name() -> None:
    """A person reads `${Name}` where a token stands."""
    text = _("arn:aws:s3:::") + A + "/x"

    assert str(text) == "arn:aws:s3:::${A}/x"
    assert text.known is None
    assert [token.name for token in text.tokens] == ["A"]


def test_text_that_is_one_token_is_not_known_at_all() -> None:
    """Only a text that is nothing but a token is that token."""
    assert A.only is not None
    assert (A + "x").only is None
    assert _("x").only is None


def test_private_characters_of_a_template_are_no_tokens() -> None:
    """A template cannot smuggle in a token or a wildcard mark by spelling its character."""
    assert Text.literal(A.code).tokens == ()
    assert Text.literal("\ue000").code != "\ue000"
