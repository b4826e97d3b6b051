"""Whether two partly unknown strings can be the same string.

Both are walked at once, as automata. The answer errs on one side only: `False` is certain, `True`
means that nothing found here rules it out. (Each occurrence of a token is taken for itself, so
`${X}-${X}` can be `a-b` here.)
"""

import re
from functools import lru_cache
from typing import NamedTuple

_PASTED = re.compile(r"[A-Za-z0-9]{12,13}|[0-9a-f]{8}-[0-9a-f]{4}-|mrk-")
"""What may be the end of a generated name, or a key id, that someone pasted."""


_FIRST_SUFFIX = "\U000f0000"


class Element(NamedTuple):
    """One step of a string.

    `matches` is a character, the mark of a generated name's random suffix, or the name of a class:
    `any` any character or suffix, `given` any character but no suffix, `name` a letter, digit or
    one of `-_.+=,@`, or a suffix, `word` a letter, digit or `-`, `digit` a digit.
    """

    matches: str
    repeats: bool = False


STAR = Element("any", repeats=True)


def can_be_equal(one: tuple[Element, ...], other: tuple[Element, ...]) -> bool:
    """Whether some string fits both."""
    if not one or not other:
        return all(element.repeats for element in one or other)
    if _differ(one[0], other[0]) or _differ(one[-1], other[-1]):
        return False
    if _may_be_pasted(one, other):
        return _reaches_end(_loosened(one), _loosened(other))
    return _reaches_end(one, other)


def _differ(one: Element, other: Element) -> bool:
    """Whether both are known characters, and not the same."""
    left, right = one.matches, other.matches
    return len(left) == len(right) == 1 and left != right and max(left, right) < _FIRST_SUFFIX


def _may_be_pasted(one: tuple[Element, ...], other: tuple[Element, ...]) -> bool:
    return any(
        any(_is_suffix(element) for element in left)
        and (
            any(element.matches == "any" and not element.repeats for element in right)
            or _PASTED.search("".join(e.matches if len(e.matches) == 1 else " " for e in right))
            is not None
        )
        for left, right in ((one, other), (other, one))
    )


def _loosened(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """The elements with every random suffix taken for any letters, digits and hyphens."""
    return tuple(Element("word", repeats=True) if _is_suffix(e) else e for e in elements)


def _is_suffix(element: Element) -> bool:
    return len(element.matches) == 1 and element.matches >= _FIRST_SUFFIX


def _reaches_end(one: tuple[Element, ...], other: tuple[Element, ...]) -> bool:
    """Walk `one`; bit i of `reached` says that the first i elements of `other` may be used up."""
    masks: dict[Element, int] = {}
    repeats = sum(1 << i for i, element in enumerate(other) if element.repeats)
    reached = _skipped(1, repeats)
    for element in one:
        mask = masks.get(element)
        if mask is None:
            mask = sum(1 << i for i, candidate in enumerate(other) if _fits(element, candidate))
            masks[element] = mask
        if not element.repeats:
            reached = _step(reached, mask, repeats)
        elif element == STAR:
            reached = (1 << (len(other) + 1)) - (reached & -reached)
        else:
            grown = reached | _step(reached, mask, repeats)
            while grown != reached:
                reached, grown = grown, grown | _step(grown, mask, repeats)
        if not reached:
            return False
    return bool(reached >> len(other) & 1)


def _step(reached: int, mask: int, repeats: int) -> int:
    used = reached & mask
    return _skipped((used & ~repeats) << 1 | (used & repeats), repeats)


def _skipped(reached: int, repeats: int) -> int:
    """Also the positions that are reached by using a repeating element no more."""
    grown = reached | (reached & repeats) << 1
    while grown != reached:
        reached, grown = grown, grown | (grown & repeats) << 1
    return reached


@lru_cache(maxsize=4096)
def _fits(one: Element, other: Element) -> bool:
    """Whether one character, or one random suffix, fits both elements."""
    left, right = sorted((one.matches, other.matches), key=len)
    if len(left) == 1:
        return left == right or (len(right) > 1 and _belongs(left, right))
    return True


def _belongs(character: str, name: str) -> bool:
    if character >= _FIRST_SUFFIX:
        return name in {"any", "name"}
    match name:
        case "any" | "given":
            return True
        case "name":
            return character.isalnum() or character in "-_.+=,@"
        case "word":
            return character.isalnum() or character == "-"
        case _:
            return character.isdigit()
