"""`--new-since`: only what was not found in another commit, and nothing is checked out."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest

from cicdgen.cli import run

if TYPE_CHECKING:
    from pathlib import Path

OLD = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
MORE = "# moved down\n" + OLD + "  Second:\n    Type: AWS::SQS::Queue\n"


class Commit(Protocol):
    """Commit everything."""

    def __call__(self) -> None:
        """Do it."""


@pytest.fixture
def commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commit:
    """A checkout in the test's folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "nobody")
    for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "nobody@example.com")
    subprocess.run(["git", "init", "--quiet"], check=True)

    def all_of_it() -> None:
        subprocess.run(["git", "add", "--all"], check=True)
        subprocess.run(["git", "commit", "--quiet", "--message", "x"], check=True)

    return all_of_it


def _told(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(["check", *args])
    return code, capsys.readouterr().out


def test_only_what_is_new_is_told(
    commit: Commit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A finding that has only moved is not new; the same on another resource is."""
    path = tmp_path / "t.yaml"
    path.write_text(OLD, encoding="utf-8")
    commit()
    assert (0, "1 template checked: no findings\n") == _told(
        capsys, "t.yaml", "--new-since", "HEAD"
    )
    path.write_text(MORE, encoding="utf-8")

    code, out = _told(capsys, "t.yaml", "--new-since", "HEAD")

    assert 3 == code
    assert "(Second)" in out
    assert "(Queue)" not in out


def test_a_file_that_was_not_there_is_new(
    commit: Commit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of it."""
    (tmp_path / "other").write_text("", encoding="utf-8")
    commit()
    (tmp_path / "t.yaml").write_text(OLD, encoding="utf-8")

    assert _told(capsys, "t.yaml") == _told(capsys, "t.yaml", "--new-since", "HEAD")


def test_an_environment_is_compared_with_its_config_of_then(
    commit: Commit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The config and its buildspec are read from the commit."""
    config = tmp_path / "cicdgen.toml"
    text = 'version = 1\n[env.prod]\nproject = "shop"\nbuild.buildspec = "ci/build.yml"\n'
    config.write_text(text, encoding="utf-8")
    (tmp_path / "ci").mkdir()
    spec = tmp_path / "ci/build.yml"
    good = "version: 0.2\nphases:\n  build:\n    on-failure: ABORT\n    commands:\n      - ls\n"
    spec.write_text(good, encoding="utf-8")
    commit()
    before = _told(capsys, "--fail-on", "info", "--new-since", "HEAD")
    spec.write_text(good.replace("- ls", "- |\n        ls\n        ls"), encoding="utf-8")

    code, out = _told(capsys, "--new-since", "HEAD")

    assert (0, "1 template checked: no findings\n") == before
    assert 3 == code
    assert "W9519" in out


@pytest.mark.parametrize("ref", ["no-such-ref", "--output=x", ""], ids=["name", "option", "empty"])
def test_a_commit_that_is_not_there_is_told(
    commit: Commit, tmp_path: Path, capsys: pytest.CaptureFixture[str], ref: str
) -> None:
    """And what might be meant for git is no option of git's."""
    (tmp_path / "t.yaml").write_text(OLD, encoding="utf-8")
    commit()

    assert 2 == run(["check", "t.yaml", f"--new-since={ref}"])
    assert "git knows no such commit" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_outside_of_a_checkout_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to compare with."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "t.yaml").write_text(OLD, encoding="utf-8")

    assert 2 == run(["check", "t.yaml", "--new-since", "HEAD"])
    assert "not a git repository" in capsys.readouterr().err
