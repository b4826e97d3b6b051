"""The YAML of a buildspec, with the line of everything, and nothing read into it.

CodeBuild takes scalars as they are written (`true`, `0755` and `1.0` are text), so nothing is
converted here. A command such as `echo a: b` is a mapping to YAML: CodeBuild answers "Expected
Commands[0] to be of string type: found subkeys instead", and so does this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.errors import CicdgenError


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the document, with or without something in it.

    Attributes:
        node: what PyYAML composed; None where nothing is written.
        path: how the place is called, as `phases/build/commands`.
        line: its line, from 1.
        error: the error that is raised about it.
    """

    node: Any
    path: str
    line: int
    error: type[CicdgenError]

    @property
    def given(self) -> bool:
        """Whether anything is written there."""
        return self.node is not None

    def wrong(self, message: str, hint: str) -> CicdgenError:
        """The error that says what is wrong here, and where that is."""
        where = f"{self.path} of the buildspec" if self.path else "the buildspec"
        return self.error(f"line {self.line}, {where}: {message}", hint=hint)

    def __getitem__(self, key: str) -> Node:
        return self._members().get(key) or Node(None, self._under(key), self.line, self.error)

    def need(self, key: str) -> Node:
        """A member that has to be there."""
        found = self[key]
        if not found.given:
            raise self.wrong(f"{key} is missing", f"add {key}")
        return found

    def items(self) -> tuple[tuple[str, Node], ...]:
        """The members of a mapping, in order."""
        return tuple(self._members().items())

    def only(self, known: str, *, refuse: Mapping[str, str] | None = None) -> None:
        """Refuse members other than the known ones."""
        for key, member in self.items():
            if refuse and key in refuse:
                raise member.wrong(f"not modelled: {refuse[key]}", "rehearse without it")
            if key not in known.split():
                raise member.wrong("there is no such key here", f"one of: {known}")

    def text(self) -> str:
        """A scalar, as it is written."""
        import yaml  # noqa: PLC0415 - only buildspecs are YAML

        if isinstance(self.node, yaml.ScalarNode):
            return str(self.node.value)
        found = "subkeys" if isinstance(self.node, yaml.MappingNode) else "a list"
        raise self.wrong(
            f"expected text, found {found}",
            'quote it if it holds ": ", e.g. \'echo "a: b"\'',
        )

    def flag(self) -> bool:
        """A `yes` or `no`; no where nothing is written."""
        if not self.given:
            return False
        match self.text().lower():
            case "yes" | "true":
                return True
            case "no" | "false":
                return False
            case other:
                raise self.wrong(f"expected yes or no, found {other}", "write yes or no")

    def texts(self) -> dict[str, str]:
        """A mapping of scalars; empty where nothing is written."""
        return {key: member.text() for key, member in self.items()}

    def list(self) -> tuple[str, ...]:
        """A list of scalars, and at least one."""
        import yaml  # noqa: PLC0415 - as above

        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            raise self.wrong("expected a list with something in it", "begin each line with `- `")
        members = enumerate(self.node.value)
        return tuple(_placed(each, f"{self.path}[{n}]", self.error).text() for n, each in members)

    def _members(self) -> dict[str, Node]:
        import yaml  # noqa: PLC0415 - as above

        if not self.given:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("expected keys with values", "see codebuild/build-spec-ref")
        found: dict[str, Node] = {}
        for key, value in self.node.value:
            name = _placed(key, self.path, self.error).text()
            if name in found:
                raise found[name].wrong("it is written twice", "merge the two")
            found[name] = _placed(value, self._under(name), self.error)
        return found

    def _under(self, key: str) -> str:
        return f"{self.path}/{key}" if self.path else key


def read(text: str, error: type[CicdgenError]) -> Node:
    """The document in some text.

    Args:
        text: the buildspec.
        error: what is raised where it cannot be read.
    """
    import yaml  # noqa: PLC0415 - as above

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        place = Node(None, "", mark.line + 1 if mark else 1, error)
        raise place.wrong(f"this is no YAML: {problem.problem}", "check the spaces") from problem
    if node is None:
        raise Node(None, "", 1, error).wrong("it is empty", "see codebuild/build-spec-ref")
    return _placed(node, "", error)


def _placed(node: Any, path: str, error: type[CicdgenError]) -> Node:  # noqa: ANN401 - PyYAML's
    return Node(node, path, node.start_mark.line + 1, error)
