"""What is checked: the environments of a config, or files from anywhere."""

from __future__ import annotations

import cicdgen.lean  # noqa: F401 - before anything that imports troposphere

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.lint import Linter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cicdgen.config.load import File
    from cicdgen.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A template to check.

    Attributes:
        name: what findings call it.
        regions: the regions it has to fit.
        text: its text, where it was rendered.
        path: its file, where it was not.
    """

    name: str
    regions: tuple[str, ...]
    text: str = ""
    path: Path | None = None


def envs(file: File, env: str | None) -> list[Subject]:
    """The rendered template of one environment, or of each.

    Raises:
        ConfigError: an environment cannot be rendered.
    """
    from cicdgen import template  # noqa: PLC0415 - files need no troposphere
    from cicdgen.config import load  # noqa: PLC0415

    subjects = []
    for name in [env] if env is not None else file.envs:
        config = load.resolve(file, name).config
        regions = (config.region,) if config.region else ()
        subjects.append(
            Subject(name=f"{name}.json", regions=regions, text=f"{template.render(config)}\n")
        )
    return subjects


def files(paths: Sequence[Path], regions: tuple[str, ...]) -> list[Subject]:
    """Template files, JSON or YAML, each once."""
    distinct = dict.fromkeys(paths)
    return [Subject(name=str(path), regions=regions, path=path) for path in distinct]


def check(subjects: Sequence[Subject]) -> list[Finding]:
    """Every finding on these templates, in the order of the templates."""
    linter = Linter()
    findings: list[Finding] = []
    for subject in subjects:
        if subject.path is None:
            findings += linter.lint_text(subject.text, subject.name, subject.regions)
        else:
            findings += linter.lint_file(subject.path, subject.regions)
    return findings
