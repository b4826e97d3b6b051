"""What a template's JSON becomes once its intrinsic functions are resolved.

Values are plain: text, numbers, booleans, sequences and mappings. A sequence or mapping also knows
where in the template each of its members was written, because `Fn::If` and `AWS::NoValue` move
members about, and a finding has to point at the line that a person wrote.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, Union, final

from cicdgen.cloudformation.text import Text

Json: TypeAlias = Any
"""What `json.load` returns: there is no narrower type for it."""

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in the template, from its root."""

Value: TypeAlias = Union[Text, bool, int, float, "Items", "Fields", None]
"""A resolved value. Text that is one token may stand for a value of any type."""


@final
class Items(tuple[Value, ...]):  # noqa: SLOT001 - a tuple cannot have slots
    """A resolved list."""

    paths: tuple[Path, ...]

    @classmethod
    def of(cls, members: Iterable[tuple[Path, Value]]) -> "Items":
        """The list of these members, each with its place in the template."""
        kept = tuple(members)
        items = cls(value for _, value in kept)
        items.paths = tuple(path for path, _ in kept)
        return items

    def located(self) -> Iterator[tuple[Path, Value]]:
        """Each member with its place in the template."""
        return zip(self.paths, self, strict=True)


@final
class Fields(Mapping[str, Value]):
    """A resolved object: `at` is where it was written, `paths` where its members were."""

    __slots__ = ("_members", "at", "paths")

    def __init__(self, members: Mapping[str, Value], paths: Mapping[str, Path], at: Path) -> None:
        self._members: Final = members
        self.paths: Final = paths
        self.at: Final = at

    def __getitem__(self, key: str) -> Value:
        return self._members[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"Fields({self._members!r})"


NOTHING: Final = Fields({}, {}, ())
"""An object without members."""


def plain(value: Value) -> Json:
    """The value as plain JSON, tokens written as `${Name}`: for people and for tests."""
    match value:
        case Text():
            return str(value)
        case Items():
            return [plain(member) for member in value]
        case Fields():
            return {key: plain(member) for key, member in value.items()}
        case _:
            return value


def written(path: Path) -> str:
    """A path as a person reads it: `Resources.Role.Properties.Policies[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(
        "."
    )
