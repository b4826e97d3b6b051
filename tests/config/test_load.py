"""Finding, reading and merging the config file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cicdgen.config import load
from cicdgen.config.schema import Config, Function, Release
from cicdgen.errors import ConfigError, Exit

if TYPE_CHECKING:
    from tests.conftest import WriteConfig

INHERITING = """\
version = 1

[defaults]
project = "shop"
tags = { team = "shop", cost = "42" }
function.memory = 512
function.environment = { LEVEL = "info", MODE = "slow" }
notifications.emails = ["all@example.com", "ops@example.com"]
release.smoke_event = { a = { b = 1, c = 2 } }

[env.dev]

[env.prod]
tags = { cost = "7" }
function.timeout = 60
function.environment = { MODE = "fast" }
notifications.emails = ["oncall@example.com"]
release.smoke_event = { a = { c = 3 } }
"""


def test_the_smallest_file_has_three_lines(write_config: WriteConfig) -> None:
    """A version, an environment and a project's name are enough: the rest has defaults."""
    path = write_config()

    resolved = load.resolve(load.read(path), "prod")

    assert len(path.read_text().splitlines()) == 3
    assert Config(project="shop", env="prod") == resolved.config
    assert {"project": "env.prod"} == resolved.origins


def test_tables_merge_key_by_key(write_config: WriteConfig) -> None:
    """An environment changes the keys that it names, at every depth, and keeps the others."""
    config = load.resolve(load.read(write_config(INHERITING)), "prod").config

    assert Function(
        memory=512, timeout=60, environment={"LEVEL": "info", "MODE": "fast"}
    ) == config.function  # fmt: skip
    assert {"team": "shop", "cost": "7"} == config.tags
    assert Release(smoke_event={"a": {"b": 1, "c": 3}}) == config.release


def test_lists_replace(write_config: WriteConfig) -> None:
    """An environment's list stands for itself: nothing of the default's is left in it."""
    config = load.resolve(load.read(write_config(INHERITING)), "prod").config

    assert ("oncall@example.com",) == config.notifications.emails


def test_an_environment_leaves_the_others_alone(write_config: WriteConfig) -> None:
    """Resolving one environment changes neither the file nor what the next one gets."""
    file = load.read(write_config(INHERITING))
    before = load.resolve(file, "dev")

    load.resolve(file, "prod")

    assert before == load.resolve(file, "dev")
    assert {"LEVEL": "info", "MODE": "slow"} == before.config.function.environment


def test_each_key_knows_the_table_that_set_it(write_config: WriteConfig) -> None:
    """Origins name the last table that set a key; what nobody set is not there."""
    origins = load.resolve(load.read(write_config(INHERITING)), "prod").origins

    assert "defaults" == origins["project"]
    assert "defaults" == origins["tags.team"]
    assert "env.prod" == origins["tags.cost"]
    assert "defaults" == origins["function.memory"]
    assert "env.prod" == origins["function.environment.MODE"]
    assert "env.prod" == origins["notifications.emails"]
    assert "function.runtime" not in origins


def test_environments_keep_the_order_of_the_file(write_config: WriteConfig) -> None:
    """The first environment of the file is the first of the list."""
    tables = "".join(f"[env.{name}]\n" for name in ("zebra", "ant", "mole"))

    file = load.read(write_config(f"version = 1\n{tables}"))

    assert ["zebra", "ant", "mole"] == list(file.envs)


def test_it_is_found_from_a_folder_below(write_config: WriteConfig, tmp_path: Path) -> None:
    """The nearest file wins, from the folder up."""
    path = write_config()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)

    assert path == load.find(deep)


def test_a_folder_of_that_name_is_no_config(write_config: WriteConfig, tmp_path: Path) -> None:
    """A folder called cicdgen.toml does not end the search."""
    path = write_config()
    inner = tmp_path / "inner"
    (inner / "cicdgen.toml").mkdir(parents=True)

    assert path == load.find(inner)


@pytest.mark.parametrize("marker", ["folder", "file"])
def test_the_search_ends_at_the_checkouts_root(
    write_config: WriteConfig, tmp_path: Path, marker: str
) -> None:
    """A file above the checkout is another project's: `.git` ends the search, worktrees too."""
    write_config()
    checkout = tmp_path / "checkout"
    below = checkout / "src"
    below.mkdir(parents=True)
    if marker == "folder":
        (checkout / ".git").mkdir()
    else:
        (checkout / ".git").write_text("gitdir: elsewhere\n")

    with pytest.raises(ConfigError, match=r"^no cicdgen\.toml in this folder or above") as caught:
        load.find(below)

    assert "`cicdgen init` writes one; `--config FILE` names another" == caught.value.hint


@pytest.mark.parametrize(
    "version, message, hint",
    [
        pytest.param("", "version is missing", "write `version = 1` at the top", id="none"),
        pytest.param(
            "version = 2", "version = 2: this cicdgen reads version 1", "CHANGELOG.md", id="newer"
        ),
        pytest.param("version = 0", "version = 0: this", "CHANGELOG.md", id="older"),
        pytest.param("version = '1'", "version = '1': this", "CHANGELOG.md", id="a string"),
        pytest.param("version = true", "version = True: this", "CHANGELOG.md", id="a boolean"),
        pytest.param("version = 1.0", "version = 1.0: this", "CHANGELOG.md", id="a float"),
    ],
)
def test_another_version_is_refused(
    write_config: WriteConfig, version: str, message: str, hint: str
) -> None:
    """Only the integer 1 is this version; the error says what would do."""
    path = write_config(f'{version}\n[env.prod]\nproject = "shop"\n')

    with pytest.raises(ConfigError) as caught:
        load.read(path)

    assert caught.value.message.startswith(f"{path}: {message}")
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    "text, fragments",
    [
        pytest.param(b"version = 1\n[env.prod\n", ["not TOML", "line 2, column 10"], id="syntax"),
        pytest.param(b"version = 1\nversion = 1\n", ["not TOML", "line 2"], id="twice"),
        pytest.param(b"version = 1\n# \xff\n", ["not TOML", "0xff"], id="not UTF-8"),
        pytest.param(b"\xff\xfev\x00", ["not TOML"], id="UTF-16"),
        pytest.param(b"a = " + b"[" * 5000 + b"]" * 5000, ["not TOML", "recursion"], id="too deep"),
        pytest.param(b"", ["version is missing"], id="empty"),
        pytest.param(b"\x00", ["not TOML"], id="binary"),
    ],
)
def test_what_is_no_config_is_told(tmp_path: Path, text: bytes, fragments: list[str]) -> None:
    """What cannot be parsed is named with its file and, where there is one, its line."""
    path = tmp_path / "cicdgen.toml"
    path.write_bytes(text)

    with pytest.raises(ConfigError, match=f"^{re.escape(str(path))}: ") as caught:
        load.read(path)

    assert [part for part in fragments if part not in caught.value.message] == []
    assert "\n" not in caught.value.message
    assert Exit.USAGE == caught.value.exit_code


UNREADABLE = Path("/proc/self/mem")


@pytest.mark.parametrize(
    "name, reason",
    [
        pytest.param("missing.toml", "No such file or directory", id="missing"),
        pytest.param(".", "Is a directory", id="folder"),
        pytest.param("x" * 300, "File name too long", id="long name"),
        pytest.param(
            str(UNREADABLE),
            "Input/output error",
            id="read error",
            marks=pytest.mark.skipif(not UNREADABLE.exists(), reason="no Linux"),
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, reason: str) -> None:
    """The error names the file and the system's reason."""
    path = tmp_path / name

    with pytest.raises(ConfigError) as caught:
        load.read(path)

    assert f"{path}: {reason}" == caught.value.message
    assert "name a file that you may read" == caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(write_config: WriteConfig) -> None:
    """So is a file that belongs to somebody else."""
    path = write_config()
    path.chmod(0)

    with pytest.raises(ConfigError, match="Permission denied"):
        load.read(path)


@pytest.mark.parametrize(
    "text, message, hint",
    [
        pytest.param("", "no environment", "add a table, e.g. `[env.prod]`", id="none"),
        pytest.param("[env]\n", "no environment", "it may be empty", id="an empty table"),
        pytest.param("env = []\n", "env = []: expected a table", "[env.NAME]", id="a list"),
        pytest.param("env = 5\n", "env = 5: expected a table", "[env.NAME]", id="a number"),
        pytest.param("env.p = 5\n", "env.p = 5: expected a table", "`[env.p]`", id="one of them"),
        pytest.param(
            "defaults = 'x'\n[env.p]\n", "defaults = 'x': expected a table", "`[defaults]`",
            id="defaults",
        ),
        pytest.param("[emv.p]\n", "emv: unknown key", "did you mean `env`?", id="slip"),
        pytest.param(
            "project = 'shop'\n[env.p]\n", "project: unknown key", "settings go in [defaults]",
            id="a setting at the top",
        ),
    ],
)  # fmt: skip
def test_the_shape_of_the_file_is_checked(
    write_config: WriteConfig, text: str, message: str, hint: str
) -> None:
    """At the top are a version, defaults and environments, and nothing else."""
    path = write_config(f"version = 1\n{text}")

    with pytest.raises(ConfigError) as caught:
        load.read(path)

    assert f"{path}: {message}" == caught.value.message
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    "asked, hint",
    [
        pytest.param("prdo", "did you mean `prod`?", id="slip"),
        pytest.param("x", "it has dev, prod", id="far off"),
        pytest.param("", "it has dev, prod", id="empty"),
    ],
)
def test_an_unknown_environment_is_told(write_config: WriteConfig, asked: str, hint: str) -> None:
    """The error says which environments there are, or which one was meant."""
    path = write_config(INHERITING)

    with pytest.raises(ConfigError) as caught:
        load.resolve(load.read(path), asked)

    assert f"{path}: no environment `{asked}`" == caught.value.message
    assert hint == caught.value.hint


def test_a_buildspec_is_read_beside_the_config(write_config: WriteConfig, tmp_path: Path) -> None:
    """Its path is relative to the config file, wherever the program runs; its text is resolved."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "own.yml").write_text("version: 0.2  # é\n", encoding="utf-8")
    path = write_config(f"version = 1\n[env.p]\n{OWN_BUILDSPEC.format('ci/own.yml')}")

    config = load.resolve(load.read(path), "p").config

    assert "version: 0.2  # é\n" == config.build_buildspec
    assert config.test_buildspec is None


OWN_BUILDSPEC = 'project = "shop"\nbuild.buildspec = "{}"\n'


@pytest.mark.parametrize(
    "name, reason",
    [
        pytest.param("missing.yml", "No such file", id="missing"),
        pytest.param(".", "Is a directory", id="folder"),
        pytest.param("latin.yml", "can't decode", id="not UTF-8"),
        pytest.param(r"a\u0000b", "null byte", id="no file's name"),
    ],
)
def test_a_buildspec_that_cannot_be_read_is_told(
    write_config: WriteConfig, tmp_path: Path, name: str, reason: str
) -> None:
    """The error names the key and the table that set it."""
    (tmp_path / "latin.yml").write_bytes(b"\xe9")
    path = write_config(f"version = 1\n[defaults]\n{OWN_BUILDSPEC.format(name)}[env.p]\n")

    with pytest.raises(ConfigError, match=reason) as caught:
        load.resolve(load.read(path), "p")

    assert caught.value.message.startswith(f"{path}: defaults.build.buildspec = '")
    assert "the path is relative to the config file" == caught.value.hint
