"""Random event patterns of EventBridge, and events that nearly match them.

Only what EventBridge accepts (eventbridge/eb-create-pattern-operators), over few values, so that
most events come close.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

TEXTS = ("", "a", "ab", "abc", "ABC", "b/c.png", "b/x/c.png", "a*b", "10.0.0.7", "10.0.1.7")
NUMBERS = (0, 1, 5, 5.5, 100)
FIELDS = ("one", "two", "three")


def pattern(random: Random, depth: int = 2) -> dict[str, Any]:
    """A pattern with fields, perhaps nested, perhaps with `$or`."""
    fields = random.sample(FIELDS, random.randint(1, 2))
    found: dict[str, Any] = {name: _node(random, depth) for name in fields}
    if random.random() < 0.15:
        found["$or"] = [pattern(random, 0) for _ in range(2)]
    return found


def event(random: Random, depth: int = 2) -> dict[str, Any]:
    """An event with some of the fields."""
    fields = random.sample(FIELDS, random.randint(1, 3))
    return {name: _value(random, depth) for name in fields}


def _node(random: Random, depth: int) -> Any:  # noqa: ANN401 - JSON
    if depth and random.random() < 0.3:
        return {"deep": _node(random, depth - 1)}
    return [_filter(random) for _ in range(random.randint(1, 2))]


def _filter(random: Random) -> Any:  # noqa: ANN401 - JSON
    text = random.choice(TEXTS[1:])
    return random.choice(
        [
            text,
            random.choice(NUMBERS),
            None,
            {"prefix": text[:2]},
            {"prefix": {"equals-ignore-case": text[:2]}},
            {"suffix": text[-2:]},
            {"suffix": {"equals-ignore-case": text[-2:]}},
            {"equals-ignore-case": text},
            {"wildcard": random.choice(["a*", "*c", "b/*.png", "*", "a\\*b", "*b*"])},
            {"numeric": random.choice([["=", 5], [">", 0, "<=", 5], ["<", 100], [">=", 5.5]])},
            {"exists": random.random() < 0.5},
            {"cidr": "10.0.0.0/24"},
            {"anything-but": _negated(random, text)},
        ]
    )


def _negated(random: Random, text: str) -> Any:  # noqa: ANN401 - JSON
    return random.choice(
        [
            text,
            random.choice(NUMBERS),
            [text, random.choice(TEXTS[1:])],
            list(random.sample(NUMBERS, 2)),
            {"prefix": text[:1]},
            {"suffix": text[-1:]},
            {"prefix": [text[:1], "b"]},
            {"suffix": [text[-1:], "g"]},
            {"equals-ignore-case": text},
            {"equals-ignore-case": [text, "abc"]},
            {"wildcard": "*c*"},
            {"wildcard": ["a*", "*.png"]},
        ]
    )


def _value(random: Random, depth: int) -> Any:  # noqa: ANN401 - JSON
    pick = random.random()
    if depth and pick < 0.3:
        return {"deep": _value(random, depth - 1)}
    if pick < 0.45:
        return [_scalar(random) for _ in range(random.randint(1, 3))]
    return _scalar(random)


def _scalar(random: Random) -> Any:  # noqa: ANN401 - JSON
    return random.choice([*TEXTS, *NUMBERS, None])
