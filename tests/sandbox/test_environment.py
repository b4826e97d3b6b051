"""The sandbox's environment is made whole, or not at all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cicdgen.errors import CicdgenError
from cicdgen.sandbox import environment, plugin

ROOT = Path(__file__).parents[2]


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A lock of nothing, so that nothing is fetched; the cache is the test's."""
    path = tmp_path / "lock.txt"
    path.write_text("# nothing\n", encoding="utf-8")
    monkeypatch.setattr(environment, "_REQUIREMENTS", (path,))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    return path


@pytest.mark.usefixtures("lock")
def test_it_is_made_in_the_cache(tmp_path: Path) -> None:
    """After installing, its interpreter is found; a second time nothing is made."""
    place = environment.install()

    assert place.is_relative_to(tmp_path)
    assert place / "bin" / "python" == environment.python()
    assert place == environment.install()


def test_a_failed_install_leaves_nothing_that_looks_installed(lock: Path) -> None:
    """When pip fails, the reason is told, and the next run still says that it is missing."""
    lock.write_text("nothing-of-that-name @ file:///nowhere\n", encoding="utf-8")

    with pytest.raises(CicdgenError, match="pip could not install the sandbox: ERROR"):
        environment.install()

    with pytest.raises(CicdgenError, match="is not installed"):
        environment.python()


def test_other_requirements_are_another_environment(lock: Path) -> None:
    """A cicdgen that locks another version does not meet the old one's environment."""
    before = environment.folder()
    lock.write_text("# nothing else\n", encoding="utf-8")

    assert before != environment.folder()


def test_the_plug_in_knows_the_locked_version() -> None:
    """The version that is installed is the one whose parts the plug-in knows."""
    text = (ROOT / "requirements" / "sandbox.txt").read_text(encoding="utf-8")

    assert [plugin.VERSION] == re.findall(r"^ministack==(\S+)", text, re.MULTILINE)
