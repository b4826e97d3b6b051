"""A buildspec, read: its commands in order, and what it promises to hand on.

Source: codebuild/build-spec-ref.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cicdgen.proof.flaw import Doubt
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cicdgen.cloudformation import Path, Resource, Stack

PROJECT = "AWS::CodeBuild::Project"
PHASES = ("install", "pre_build", "build", "post_build")


@dataclass(frozen=True, kw_only=True)
class Buildspec:
    """What a project does, as its template says.

    Attributes:
        project: the project.
        path: where the text stands.
        text: the text, in the code of `Text`: a token in it is one character.
        body: the text as YAML; None if it is none.
    """

    project: Resource
    path: Path
    text: str
    body: Mapping[str, Any] | None

    def commands(self) -> Iterator[tuple[str, Any]]:
        """Phase and command of every command, in order; a command should be a string."""
        for phase in PHASES:
            for block in ("commands", "finally"):
                listed = self.section("phases", phase).get(block)
                for command in listed if isinstance(listed, list) else ():
                    yield phase, command

    @property
    def script(self) -> str:
        """All its commands, one after the other."""
        return "\n".join(command for _, command in self.commands() if isinstance(command, str))

    def section(self, *names: str) -> Mapping[str, Any]:
        """A mapping of the body, empty if there is none."""
        value: Any = self.body
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def variables(self) -> frozenset[str]:
        """The variables that the project or the buildspec sets."""
        given = Place.of(self.project).at("Environment", "EnvironmentVariables").members()
        names = {name for each in given if (name := each.at("Name").known)}
        for kind in ("variables", "parameter-store", "secrets-manager"):
            names.update(map(str, self.section("env", kind)))
        exported = self.section("env").get("exported-variables")
        return frozenset(names.union(map(str, exported if isinstance(exported, list) else ())))


def buildspecs(stack: Stack) -> Iterator[Buildspec]:
    """The buildspecs that are written in the template."""
    for project in stack.of_type(PROJECT):
        place = Place.of(project).at("Source", "BuildSpec")
        text = place.text
        if text is not None and ("\n" in text.code or text.code.lstrip()[:1] == "{"):
            yield Buildspec(
                project=project, path=place.path, text=text.code, body=_parsed(text.code)
            )


def doubtful_buildspecs(stack: Stack, check: str) -> Iterator[Doubt]:
    """A doubt for each project whose buildspec is not in the template."""
    inline = {each.project.logical_id for each in buildspecs(stack)}
    for project in stack.of_type(PROJECT):
        place = Place.of(project).at("Source", "BuildSpec")
        if project.logical_id not in inline:
            named = f"{place} of the source" if place.is_given else "buildspec.yml of the source"
            yield Doubt(check=check, path=place.path, because=f"the commands are in {named}")


@lru_cache(maxsize=64)
def _parsed(text: str) -> Mapping[str, Any] | None:
    import yaml  # noqa: PLC0415 - most templates have no buildspec in them

    try:
        body = yaml.load(text, _loader())  # noqa: S506 - the loader is a safe one
    except yaml.YAMLError:
        return None
    return body if isinstance(body, dict) else None


@lru_cache(maxsize=1)
def _loader() -> Any:  # noqa: ANN401 - PyYAML is untyped here
    """A safe loader, in C where there is one, that lets tags of CloudFormation pass as text."""
    import yaml  # noqa: PLC0415 - as above

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    Loader.add_multi_constructor("!", lambda _, tag, node: f"!{tag} {node.value}")
    return Loader
