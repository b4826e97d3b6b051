"""What was found in another commit: the same templates, as they were there.

Nothing is checked out: `git show` writes the few files that are needed into a folder of their own.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cicdgen.checking.subjects import envs
from cicdgen.errors import ConfigError, UsageError
from cicdgen.findings import fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.checking.subjects import Asked, Subject
    from cicdgen.config.load import File
    from cicdgen.findings import Finding


@contextmanager
def subjects_at(ref: str, asked: Asked) -> Iterator[list[Subject]]:
    """The templates as they were in a commit. What was not there yet is left out.

    Raises:
        UsageError: git knows no such commit, or there is no checkout, or no git.
    """
    with tempfile.TemporaryDirectory(prefix="cicdgen-") as name:
        folder = Path(name)
        found = []
        if any(subject.path is None for subject in asked.subjects):
            found += _envs_at(ref, asked, folder)
        for number, subject in enumerate(asked.subjects):
            if subject.path is not None:
                content = _show(ref, subject.path)
                if content is not None:
                    copy = folder / f"{number}{subject.path.suffix}"
                    copy.write_bytes(content)
                    found.append(replace(subject, path=copy))
        yield found


def new(findings: Sequence[Finding], before: Sequence[Finding]) -> list[Finding]:
    """The findings that are not among those of before, each counted as often as it was there."""
    known = Counter(fingerprints(before))
    fresh = []
    for finding, fingerprint in zip(findings, fingerprints(findings), strict=True):
        if known[fingerprint]:
            known[fingerprint] -= 1
        else:
            fresh.append(finding)
    return fresh


def _envs_at(ref: str, asked: Asked, folder: Path) -> list[Subject]:
    if asked.file is None:
        return []
    content = _show(ref, asked.file.path)
    if content is None:
        return []
    from cicdgen.config import load  # noqa: PLC0415 - files have none

    copy = folder / asked.file.path.name
    copy.write_bytes(content)
    try:
        old = load.read(copy)
        _bring_buildspecs(ref, asked.file, old, folder)
        return [
            subject
            for env in ([asked.env] if asked.env is not None else old.envs)
            if env in old.envs
            for subject in envs(old, env)
        ]
    except ConfigError:
        # What could not be rendered had no findings: all that is there now is new.
        return []


def _bring_buildspecs(ref: str, now: File, old: File, folder: Path) -> None:
    for table in (old.defaults, *old.envs.values()):
        for project in ("build", "test"):
            settings = table.get(project)
            name = settings.get("buildspec") if isinstance(settings, dict) else None
            # A path that leads out of the folder would be written there.
            if isinstance(name, str) and not Path(name).is_absolute() and ".." not in name:
                content = _show(ref, now.path.parent / name)
                if content is not None:
                    copy = folder / name
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(content)


def _show(ref: str, path: Path) -> bytes | None:
    """A file as it was in a commit; None if it was not there."""
    folder = path.parent
    _require(ref, folder)
    done = _git(folder, "show", "--end-of-options", f"{ref}:./{path.name}")
    return done.stdout if done.returncode == 0 else None


def _require(ref: str, folder: Path) -> None:
    done = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"{ref}: {why[0] if why else 'git knows no such commit'}",
            hint="name a commit, branch or tag that is fetched; CI may need the whole history",
        )


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise UsageError(f"other commits need git: {error}", hint="install git") from error
