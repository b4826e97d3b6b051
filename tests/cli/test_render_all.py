"""`cicdgen render --all`: every environment, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.program import program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

HEAD = 'version = 1\n[defaults]\nproject = "shop"\n'
THREE = f"{HEAD}[env.zebra]\n[env.ant]\nfunction.memory = 512\n[env.mole]\n"
MANY = HEAD + "".join(f"[env.e{n}]\nfunction.memory = {128 + n}\n" for n in range(104))


def test_each_environment_gets_its_file(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path
) -> None:
    """The folder is made; files hold what `render --env` prints, and are named on stderr."""
    write_config(THREE)

    ran = cicdgen("render", "--all", "out/templates")

    folder = here / "out" / "templates"
    assert (0, "") == (ran.code, ran.out)
    assert [f"out/templates/{env}.json" for env in ("zebra", "ant", "mole")] == (
        ran.err.splitlines()
    )
    assert {"zebra.json", "ant.json", "mole.json"} == {path.name for path in folder.iterdir()}
    for path in folder.iterdir():
        assert cicdgen("render", "--env", path.stem).out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "flags, name",
    [
        pytest.param(["--format", "yaml"], "ant.yaml", id="yaml"),
        pytest.param(["--compact"], "ant.json", id="compact"),
        pytest.param(["--jobs", "1"], "ant.json", id="one worker"),
    ],
)
def test_the_style_is_that_of_one(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path, flags: list[str], name: str
) -> None:
    """Formats apply to all files, and name them."""
    write_config(THREE)

    cicdgen("render", "--all", "out", *flags)

    style = [] if "--jobs" in flags else flags
    alone = cicdgen("render", "--env", "ant", *style).out
    assert alone == (here / "out" / name).read_text(encoding="utf-8")
    assert 3 == len(list((here / "out").iterdir()))


def test_a_mistake_in_one_leaves_the_folder_untouched(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path
) -> None:
    """The last environment is wrong: the first is not written either, and no folder is made."""
    write_config(f"{THREE}function.memory = 1\n")

    ran = cicdgen("render", "--all", "out")

    assert (2, "") == (ran.code, ran.out)
    assert "env.mole.function.memory = 1: " in ran.err
    assert not (here / "out").exists()


def test_older_files_survive_a_mistake(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path
) -> None:
    """What a good run wrote stays as it was."""
    write_config(THREE)
    cicdgen("render", "--all", "out")
    before = {path.name: path.read_bytes() for path in (here / "out").iterdir()}
    write_config(f"{THREE}function.memory = 1\n")

    cicdgen("render", "--all", "out")

    assert before == {path.name: path.read_bytes() for path in (here / "out").iterdir()}


@pytest.mark.parametrize("flags", [["--env", "ant"], ["-o", "x.json"]], ids=["env", "output"])
def test_all_and_one_do_not_go_together(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path, flags: list[str]
) -> None:
    """Neither is silently left out."""
    write_config(THREE)

    ran = cicdgen("render", "--all", "out", *flags)

    assert (2, "") == (ran.code, ran.out)
    assert "error: --all writes every environment\n" in ran.err
    assert ["cicdgen.toml"] == [path.name for path in here.iterdir()]


def test_a_default_environment_does_not_stand_in_the_way(
    cicdgen: Cicdgen, write_config: WriteConfig, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CICDGEN_ENV is for commands that take one environment."""
    write_config(THREE)
    monkeypatch.setenv("CICDGEN_ENV", "ant")

    assert 0 == cicdgen("render", "--all", "out").code
    assert 3 == len(list((here / "out").iterdir()))


def test_a_file_in_the_folders_place_is_told(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """It is neither overwritten nor walked into."""
    write_config(THREE)

    assert "is a file" in cicdgen("render", "--all", "cicdgen.toml").err
    assert "Not a directory" in cicdgen("render", "--all", "cicdgen.toml/out").err


@pytest.fixture
def many(write_config: WriteConfig, here: Path) -> Path:
    """More environments than one process would take alone."""
    write_config(MANY)
    return here


def test_two_workers_write_what_one_does(many: Path) -> None:
    """More than a hundred environments are shared out: same files, same bytes, same order."""
    one = program("render", "--all", "one", "--jobs", "1", cwd=many)
    two = program("render", "--all", "two", "--jobs", "2", cwd=many)

    assert (0, 0) == (one.code, two.code)
    assert [f"e{n}.json" for n in range(104)] == [
        line.removeprefix("two/") for line in two.err.splitlines()
    ]
    assert one.err.replace("one/", "") == two.err.replace("two/", "")
    different = [
        path.name
        for path in (many / "one").iterdir()
        if path.read_bytes() != (many / "two" / path.name).read_bytes()
    ]
    assert different == []
    assert 104 == len(list((many / "two").iterdir()))


def test_an_error_in_a_worker_is_told_as_any_other(many: Path) -> None:
    """Where a file cannot be written, it is named, and no half of one lies about."""
    (many / "out" / "e103.json").mkdir(parents=True)

    ran = program("render", "--all", "out", "--jobs", "2", cwd=many)

    assert (2, "") == (ran.code, ran.out)
    assert [
        "error: out/e103.json: Is a directory",
        "hint: name a file in a folder that you may write to",
    ] == ran.err.splitlines()
    assert [path.name for path in (many / "out").iterdir() if path.name.startswith(".")] == []
