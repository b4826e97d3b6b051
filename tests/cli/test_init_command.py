"""`cicdgen init`: something that works from its first minute, and nothing of yours is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import environment

from cicdgen import assets
from cicdgen.cli import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cicdgen

STARTER = sorted(
    str(path.relative_to(assets.STARTER))
    for path in assets.STARTER.rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def _project(folder: Path) -> str:
    config = tomllib.loads((folder / "cicdgen.toml").read_text(encoding="utf-8"))
    return str(config["defaults"]["project"])


def test_it_writes_a_config_and_a_function(cicdgen: Cicdgen, here: Path) -> None:
    """A config, a handler, pinned requirements and tests, each named on stderr."""
    ran = cicdgen("init", "shop")

    assert (0, "") == (ran.code, ran.out)
    assert STARTER == sorted(_files(here / "shop"))
    assert [f"wrote shop/{name}" for name in STARTER] == sorted(ran.err.splitlines())
    assert {"cicdgen.toml", "requirements.txt"} <= set(STARTER)
    assert [name for name in STARTER if name.startswith("src/")]
    assert [name for name in STARTER if name.startswith("tests/test_")]


def test_the_current_folder_is_the_default(cicdgen: Cicdgen, here: Path) -> None:
    """And lends its name."""
    assert 0 == cicdgen("init").code
    assert STARTER == sorted(_files(here))


def test_a_second_time_there_is_nothing_to_do(cicdgen: Cicdgen, here: Path) -> None:
    """That is success, as the table of exit codes has it, and every file is as it was."""
    cicdgen("init", "shop")
    before = _files(here / "shop")
    ran = cicdgen("init", "shop")

    assert (0, "") == (ran.code, ran.out)
    assert "everything was there already: nothing was changed" == ran.err.splitlines()[-1]
    assert before == _files(here / "shop")


def test_only_the_name_differs_from_the_starter(cicdgen: Cicdgen, here: Path) -> None:
    """Every file is the starter's; the config has the project's name in one place."""
    cicdgen("init", "orders")

    for name, text in _files(here / "orders").items():
        starter = (assets.STARTER / name).read_text(encoding="utf-8")
        expected = starter.replace('project = "shop"', 'project = "orders"', 1)
        assert (expected if name == "cicdgen.toml" else starter) == text


@pytest.mark.parametrize(
    "folder, project",
    [
        pytest.param("orders", "orders", id="as it is"),
        pytest.param("Orders_API v2", "orders-api-v2", id="made fit"),
        pytest.param("2024-orders", "orders", id="digits first"),
        pytest.param("--", "function", id="nothing fit"),
        pytest.param("プロジェクト", "function", id="another alphabet"),
        pytest.param("a" * 19 + "-" + "b" * 9, "a" * 19, id="cut, and not at a hyphen"),
        pytest.param("a...b", "a-b", id="one hyphen for several"),
    ],
)
def test_the_folder_names_the_project(
    cicdgen: Cicdgen, here: Path, folder: str, project: str
) -> None:
    """In lower case, within the length that names have."""
    ran = cicdgen("init", "--", folder)

    assert 0 == ran.code
    assert project == _project(here / folder)


def test_a_name_that_is_given_is_taken(cicdgen: Cicdgen, here: Path) -> None:
    """--project goes before the folder's name."""
    cicdgen("init", "some folder", "--project", "orders")

    assert "orders" == _project(here / "some folder")


@pytest.mark.parametrize(
    "name", ["Shop", "a" * 21, "", "1shop", "a--b", "shop\n", "../shop", 'a"b']
)
def test_a_bad_name_is_told_before_anything_is_written(
    cicdgen: Cicdgen, here: Path, name: str
) -> None:
    """With what would do."""
    ran = cicdgen("init", "new", "--project", name)

    assert (2, "") == (ran.code, ran.out)
    assert ran.err.startswith(f"error: `{name}` cannot be a project's name: ")
    assert "hint: --project takes a short name, e.g. `shop`\n" in ran.err
    assert [] == list(here.iterdir())


def test_what_is_there_is_kept(cicdgen: Cicdgen, here: Path) -> None:
    """Each file that exists is left as it is, and named; the others are written."""
    mine = here / "src" / "index.py"
    mine.parent.mkdir()
    mine.write_text("# mine\n")

    ran = cicdgen("init")

    assert 0 == ran.code
    assert "# mine\n" == mine.read_text()
    assert "kept  src/index.py" in ran.err.splitlines()
    assert "wrote cicdgen.toml" in ran.err.splitlines()
    assert STARTER == sorted(_files(here))


def test_a_second_time_changes_nothing(cicdgen: Cicdgen, here: Path) -> None:
    """Whatever was changed in between."""
    cicdgen("init")
    (here / "cicdgen.toml").write_text("# mine\n")
    before = _files(here)

    ran = cicdgen("init", "--project", "other")

    assert before == _files(here)
    assert "nothing was changed" in ran.err
    assert "wrote" not in ran.err


def test_a_dangling_link_is_kept(cicdgen: Cicdgen, here: Path) -> None:
    """What it leads to is not ours to make."""
    (here / "cicdgen.toml").symlink_to("elsewhere.toml")

    assert "kept  cicdgen.toml" in cicdgen("init").err.splitlines()
    assert not (here / "elsewhere.toml").exists()


@pytest.mark.parametrize(
    "folder, message",
    [
        pytest.param("file", "is a file", id="a file"),
        pytest.param("file/below", "Not a directory", id="below a file"),
        pytest.param("x" * 256, "File name too long", id="long name"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told(
    cicdgen: Cicdgen, here: Path, folder: str, message: str
) -> None:
    """The file in its place stays."""
    (here / "file").write_text("mine")

    ran = cicdgen("init", folder)

    assert (2, "") == (ran.code, ran.out)
    assert message in ran.err
    assert {"file": "mine"} == _files(here)


def test_what_it_writes_is_used_at_once(cicdgen: Cicdgen, here: Path) -> None:
    """Every environment of the new config renders."""
    cicdgen("init")
    environments = tomllib.loads((here / "cicdgen.toml").read_text(encoding="utf-8"))["env"]

    ran = cicdgen("render", "--all", "templates")

    assert 0 == ran.code, ran.err
    assert {f"{env}.json" for env in environments} == set(_files(here / "templates"))


def test_what_it_writes_lints_clean(cicdgen: Cicdgen) -> None:
    """So does its check; it only wonders whom the notices reach, as nobody is named yet."""
    cicdgen("init")

    ran = cicdgen("check", "--no-cache", "--format", "json")

    assert (0, "") == (ran.code, ran.err), ran.out
    assert {"I9505"} == {finding["rule"] for finding in json.loads(ran.out)["findings"]}


@pytest.mark.parametrize("name", ["shop", "a" * 20])
def test_the_longest_name_has_room_for_its_environments(cicdgen: Cicdgen, name: str) -> None:
    """A name that `init` takes is one that `render` takes, in each environment it writes."""
    cicdgen("init", "--project", name)

    ran = cicdgen("render", "--all", "out")

    assert 0 == ran.code, ran.err


def test_its_own_tests_pass(cicdgen: Cicdgen, here: Path) -> None:
    """The function is tested as the Test stage would test it: with the source beside the tests."""
    cicdgen("init")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=here,
        env=environment({"PYTHONPATH": "src"}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_config_names_only_commands_that_exist() -> None:
    """Its comments are the first docs that a person reads."""
    text = (assets.STARTER / "cicdgen.toml").read_text(encoding="utf-8")
    named = {part.split()[0] for part in text.split("`cicdgen ")[1:]}

    assert named <= set(COMMANDS)


def test_the_commented_settings_work_when_uncommented(cicdgen: Cicdgen, here: Path) -> None:
    """A setting in a comment is one that can be switched on as it stands."""
    cicdgen("init")
    path = here / "cicdgen.toml"
    lines = [
        line.removeprefix("# ") if line.startswith("# ") and " = " in line else line
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    path.write_text("\n".join(lines), encoding="utf-8")

    ran = cicdgen("render", "--all", "out")

    assert 0 == ran.code, ran.err
