"""Globbing, when parts of the pattern, of the subject or of both are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cicdgen.cloudformation import Shape, Text
from cicdgen.iam.context import ABSENT, UNKNOWN, Context
from cicdgen.iam.pattern import Pattern, matches, matches_resource

if TYPE_CHECKING:
    from cicdgen.cloudformation.truth import Truth

NAMES = {
    "A": Text.token("A", Shape.MADE),
    "B": Text.token("B", Shape.MADE),
    "K": Text.token("K", Shape.ID),
    "P": Text.token("P", Shape.GIVEN),
    "N": Text.token("N", Shape.ACCOUNT),
    "X": Text.token("X", Shape.ANY),
    "W": Text.token("W", Shape.WORD),
}


def _coded(text: str) -> Text:
    for name, token in NAMES.items():
        text = text.replace(f"<{name}>", token.code)
    return Text(text)


TABLE: list[tuple[str, str, Truth]] = [
    ("*", "", True),
    ("*", "<X>", True),
    ("a*c", "abc", True),
    ("a*c", "ac", True),
    ("a?c", "ac", False),
    ("a?c", "a/c", True),
    ("?", "<N>", False),
    ("?", "<P>", None),
    ("arn:aws:s3:::<A>/*", "arn:aws:s3:::<A>/x", True),
    ("arn:aws:s3:::<A>/*", "arn:aws:s3:::<B>/x", False),
    ("arn:aws:s3:::<A>", "arn:aws:s3:::<A>/x", False),
    ("arn:aws:s3:::<A>*", "arn:aws:s3:::<A>/x", True),
    ("arn:aws:s3:::my-*", "arn:aws:s3:::<A>", None),
    ("arn:aws:s3:::other", "arn:aws:s3:::<A>", False),
    ("arn:aws:s3:::my-a-1abcdefghijk", "arn:aws:s3:::<A>", None),
    ("arn:aws:s3:::other/*", "arn:aws:s3:::<P>/x", None),
    ("arn:aws:s3:::<P>/*", "arn:aws:s3:::<P>/x", True),
    ("arn:aws:s3:::<P>/*", "arn:aws:s3:::<A>/x", None),
    ("arn:aws:s3:::<P>", "arn:aws:s3:::<A>", None),
    ("arn:aws:s3:::<A>", "arn:aws:s3:::<P>", False),
    ("arn:aws:s3:::<X>", "arn:aws:s3:::<A>", None),
    ("arn:aws:s3:::<A>/prod/*", "arn:aws:s3:::<A>/<P>", None),
    ("arn:aws:s3:::<A>/<P>/*", "arn:aws:s3:::<A>/<P>/x/y", True),
    ("arn:aws:logs:*:<N>:*", "arn:aws:logs:r:<N>:log-group:x", True),
    ("arn:aws:logs:*:111122223333:*", "arn:aws:logs:r:<N>:log-group:x", None),
    ("arn:aws:logs:r::log-group:*", "arn:aws:logs:r:<N>:log-group:x", False),
    ("arn:aws:logs:*:12:*", "arn:aws:logs:r:<N>:log-group:x", False),
    ("arn:<W>:s3:::b", "arn:aws:s3:::b", None),
    ("arn:<W>:s3:::b", "arn:<W>:sns:::b", False),
    ("arn:aws:kms:r:<N>:key/<K>", "arn:aws:kms:r:<N>:key/<K>", True),
    (
        "arn:aws:kms:r:<N>:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:r:<N>:key/<K>",
        None,
    ),
    ("arn:aws:kms:r:<N>:alias/x", "arn:aws:kms:r:<N>:key/<K>", False),
    ("<A>-logs", "<B>-logs", False),
    ("<A>-logs", "<A>-logs", True),
    ("*<A>", "x<A>", True),
    ("*<A>", "<A>x", False),
]


@pytest.mark.parametrize("pattern, subject, expected", TABLE)
def test_a_pattern_matches(pattern: str, subject: str, expected: Truth) -> None:
    """A pattern matches for every value of the tokens, for none, or it depends."""
    read = Pattern.read(_coded(pattern), wildcards=True, variables=False)

    assert expected is matches(str(read.parts[0]), _coded(subject).code)


@pytest.mark.parametrize(
    "pattern, subject, expected",
    [
        ("arn:aws:s3:::*", "arn:aws:s3:::b", True),
        ("arn:aws:s3*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:*b", "arn:aws:s3:::b", None),
        ("arn:aws:logs:us-*-1:*:*", "arn:aws:logs:us-east-1:1:x", True),
        ("arn:aws:logs:us-*-1:2:*", "arn:aws:logs:us-east-1:1:x", False),
        ("*", "*", True),
        ("?", "*", None),
    ],
)
def test_a_wildcard_within_the_head_of_an_arn(pattern: str, subject: str, expected: Truth) -> None:
    """Only a `*` that ends a part is documented to match beyond the next colon."""
    read = Pattern.read(Text(pattern), wildcards=True, variables=False)

    assert expected is matches_resource(str(read.parts[0]), subject)


@pytest.mark.parametrize(
    "source, expected",
    [
        ("x/${aws:username}", "x/carlos"),
        ("x/${AWS:UserName}", "x/carlos"),
        ("x/${aws:PrincipalTag/team, 'none'}", "x/none"),
        ("x/${aws:PrincipalTag/team}", None),
        ("x/${$}{y}", "x/${y}"),
        ("x/${*}${?}", "x/*?"),
        ("x/${unclosed", "x/${unclosed"),
    ],
)
def test_variables_take_their_values(source: str, expected: str | None) -> None:
    """A variable is replaced by the value of its key, or its default; else nothing matches."""
    context = Context.of({"aws:username": "carlos"}, unmentioned=ABSENT)
    pattern = Pattern.read(Text(source), wildcards=True, variables=True)

    assert expected == pattern.filled(context)


def test_a_wildcard_in_a_value_is_no_wildcard_for_sure() -> None:
    """What AWS makes of `*` in the value of a variable is not documented: it is unknown."""
    pattern = Pattern.read(Text("x/${k:Key}"), wildcards=True, variables=True)
    code = pattern.filled(Context.of({"k:Key": "*"}))

    assert code is not None
    assert matches(code, "x/anything") is None


def test_a_variable_that_nobody_knows_may_be_anything() -> None:
    """A key that is not known makes a match with its variable unknown."""
    pattern = Pattern.read(Text("x/${k:Key}"), wildcards=True, variables=True)
    code = pattern.filled(Context.of({"k:Key": UNKNOWN}))

    assert code is not None
    assert matches(code, "x/anything") is None
    assert matches(code, "y/anything") is False


LETTERS = st.text("ab:/-1", max_size=8)
WILD = st.text("ab:/-1*?", max_size=8)
PIECES = st.lists(st.sampled_from(["a", "b", ":", "/", "-", "*", "?", "<A>", "<P>", "<N>", "<X>"]))
VALUES = st.fixed_dictionaries(
    {
        "A": LETTERS.filter(lambda text: not set(text) & {":", "/"}).map(
            lambda text: f"{text}-a1b2c3d4e5f6"
        ),
        "P": WILD,
        "N": st.sampled_from(["111122223333", "444455556666"]),
        "X": WILD,
    }
)


@settings(max_examples=500)
@given(PIECES, PIECES.map(lambda pieces: [p for p in pieces if p not in {"*", "?"}]), VALUES)
def test_a_decided_match_holds_for_every_value(
    pattern: list[str], subject: list[str], values: dict[str, str]
) -> None:
    """What is decided without knowing the tokens is so whatever they are."""
    one = Pattern.read(_coded("".join(pattern)), wildcards=True, variables=False)
    answer = matches(str(one.parts[0]), _coded("".join(subject)).code)

    known_pattern, known_subject = "".join(pattern), "".join(subject)
    for name, value in values.items():
        known_pattern = known_pattern.replace(f"<{name}>", value)
        known_subject = known_subject.replace(f"<{name}>", value)
    known = Pattern.read(Text(known_pattern), wildcards=True, variables=False)

    assert answer in {None, matches(str(known.parts[0]), known_subject)}
