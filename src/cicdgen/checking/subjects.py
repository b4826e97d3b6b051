"""What is checked: the environments of a config, or files from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cicdgen.config.load import File


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

    def content(self) -> bytes | None:
        """Its bytes; None if its file cannot be read."""
        if self.path is None:
            return self.text.encode()
        try:
            return self.path.read_bytes()
        except OSError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be checked.

    Attributes:
        subjects: the templates.
        file: the config whose waivers count, if any.
        env: the one environment that is checked; None for all of them, or for files.
        is_whole: whether every environment is checked: only then is a waiver known to be unused.
    """

    subjects: Sequence[Subject]
    file: File | None
    env: str | None = None
    is_whole: bool = False


def envs(file: File, env: str | None) -> list[Subject]:
    """The rendered template of one environment, or of each.

    Raises:
        ConfigError: an environment cannot be rendered.
    """
    # Files need no troposphere; lean comes before whatever imports it.
    import cicdgen.lean  # noqa: F401, PLC0415

    from cicdgen import template  # noqa: PLC0415
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
