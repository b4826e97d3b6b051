"""Every mistake in a value names the file, the key, the value got, and what would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec import inspect

from cicdgen.config import load
from cicdgen.config.schema import Settings
from cicdgen.errors import ConfigError, Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import WriteConfig

Field = msgspec.inspect.Field


def _struct(kind: inspect.Type) -> inspect.StructType | None:
    match kind:
        case inspect.StructType():
            return kind
        case inspect.UnionType(types=kinds):
            return next((k for k in kinds if isinstance(k, inspect.StructType)), None)
    return None


def _fields(struct: type, above: str = "") -> Iterator[tuple[str, Field]]:
    """Every key that a table may have, with the tables inside it."""
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    for field in kind.fields:
        yield f"{above}{field.name}", field
        inner = _struct(field.type)
        if inner is not None:
            yield from _fields(inner.cls, f"{above}{field.name}.")


FIELDS = dict(_fields(Settings))
TABLES = sorted({path.rpartition(".")[0] for path in FIELDS})


def _mistake(write_config: WriteConfig, text: str) -> tuple[str, str]:
    """The message without the file's name, and the hint."""
    path = write_config(f"version = 1\n{text}")
    file = load.read(path)

    with pytest.raises(ConfigError) as caught:
        load.resolve(file, "prod")

    error = caught.value
    assert Exit.USAGE == error.exit_code
    assert error.hint, f"no hint: {error.message}"
    name = f"{path}: "
    assert [line for line in error.message.splitlines() if not line.startswith(name)] == []
    return error.message.replace(name, ""), error.hint


@pytest.mark.parametrize("path", FIELDS)
def test_a_misspelt_key_is_told_with_the_key_that_was_meant(
    write_config: WriteConfig, path: str
) -> None:
    """At every depth, an unknown key is an error that names the nearest known one."""
    table, _, name = path.rpartition(".")
    slip = f"{name[:-2]}{name[-1]}{name[-2]}"
    slipped = f"{table}.{slip}".lstrip(".")

    message, hint = _mistake(write_config, f'[env.prod]\nproject = "shop"\n{slipped} = 1\n')

    assert f"env.prod.{slipped}: unknown key" == message
    assert f"did you mean `{name}`?" == hint


@pytest.mark.parametrize("table", TABLES)
def test_an_unknown_key_is_told_with_the_known_ones(write_config: WriteConfig, table: str) -> None:
    """Where no key is near, all keys that the table knows are named."""
    key = f"{table}.qqqqqqqq".lstrip(".")
    known = [path.rpartition(".")[2] for path in FIELDS if path.rpartition(".")[0] == table]

    message, hint = _mistake(write_config, f'[env.prod]\nproject = "shop"\n{key} = 1\n')

    assert f"env.prod.{key}: unknown key" == message
    assert f"known here: {', '.join(known)}" == hint


@pytest.mark.parametrize("path", FIELDS)
def test_a_value_of_another_type_is_told(write_config: WriteConfig, path: str) -> None:
    """Whatever the key, a list of a table is no value for it, and the hint says what is."""
    base = "" if path == "project" else 'project = "shop"\n'

    message, hint = _mistake(write_config, f"[env.prod]\n{base}{path} = [{{}}]\n")

    assert message.startswith((f"env.prod.{path} = [{{}}]: ", f"env.prod.{path}[0] = {{}}: "))
    assert hint.startswith((f"{path.rpartition('.')[2]}: ", "known here: "))


LITERALS = {
    path: inner.values
    for path, field in FIELDS.items()
    if isinstance(field.type, inspect.Metadata)
    for inner in [field.type.type]
    if isinstance(inner, inspect.LiteralType)
}


@pytest.mark.parametrize("path", LITERALS)
def test_a_choice_is_told_with_all_choices(write_config: WriteConfig, path: str) -> None:
    """Where only some values will do, the hint lists every one."""
    wrong: object = -1 if isinstance(LITERALS[path][0], int) else "x"

    message, hint = _mistake(
        write_config, f'[env.prod]\nproject = "shop"\n{path} = {wrong!r}\n'.replace("'", '"')
    )

    assert message.startswith(f"env.prod.{path} = {wrong!r}: ")
    assert [value for value in LITERALS[path] if str(value) not in hint] == []


@pytest.mark.parametrize(
    "setting, message, hint",
    [
        pytest.param(
            'function.memory = "a lot"',
            "function.memory = 'a lot': expected `int`, got `str`",
            "memory in MB",
            id="type",
        ),
        pytest.param(
            "function.memory = 64",
            "function.memory = 64: expected `int` >= 128",
            "memory in MB",
            id="too little",
        ),
        pytest.param(
            "function.memory = 20000",
            "function.memory = 20000: expected `int` <= 10240",
            "memory in MB",
            id="too much",
        ),
        pytest.param(
            "function.memory = true",
            "function.memory = True: expected `int`, got `bool`",
            "memory in MB",
            id="true is no number",
        ),
        pytest.param(
            "function.memory = 256.0",
            "function.memory = 256.0: expected `int`, got `float`",
            "memory in MB",
            id="nor is a float an int",
        ),
        pytest.param(
            "account = 123456789012",
            "account = 123456789012: expected `str`, got `int`",
            "as a string",
            id="account as a number",
        ),
        pytest.param(
            'account = "12345678901"',
            "account = '12345678901': expected `str` matching regex '^[0-9]{12}$'",
            "the account it is deployed to",
            id="account too short",
        ),
        pytest.param(
            "function.reserved_concurrency = 0",
            "function.reserved_concurrency = 0: expected `int` >= 1",
            "a new account's small limit",
            id="optional value",
        ),
        pytest.param(
            'function.vpc = { subnet_ids = ["subnet-01234567"] }',
            "function.vpc.security_group_ids is missing",
            "write it in [defaults] or in the environment's table",
            id="half a VPC",
        ),
        pytest.param(
            "function.vpc = { subnet_ids = [], security_group_ids = ['sg-01234567'] }",
            "function.vpc.subnet_ids = []: expected an array of length >= 1",
            "its subnets",
            id="no subnets",
        ),
        pytest.param(
            "function.vpc = { subnet_ids = ['subnet-01234567', 'net'], security_group_ids = [] }",
            "function.vpc.subnet_ids[1] = 'net': expected `str` matching regex",
            "subnet-01234567",
            id="second of a list",
        ),
        pytest.param(
            "function = 5",
            "function = 5: expected a table, got `int`",
            "known here: runtime, handler,",
            id="table",
        ),
        pytest.param(
            "notifications.emails = 'a@example.com'",
            "notifications.emails = 'a@example.com': expected an array, got `str`",
            "e-mail addresses",
            id="array",
        ),
        pytest.param(
            "notifications.emails = ['a@example.com', 'nobody']",
            "notifications.emails[1] = 'nobody': expected `str` matching regex",
            "e-mail addresses",
            id="address",
        ),
        pytest.param(
            "function.environment = { LEVEL = 'info', TRIES = 3 }",
            "function.environment.TRIES = 3: expected `str`, got `int`",
            "environment variables",
            id="value of a variable",
        ),
        pytest.param(
            "function.environment = { LEVEL = 'info', 'log-level' = 'x' }",
            "function.environment.log-level = 'x': its name: expected `str` matching regex",
            "environment variables",
            id="name of a variable",
        ),
        pytest.param(
            "function.environment = { X = 'one letter' }",
            "function.environment.X = 'one letter': its name: expected `str` matching regex",
            "environment variables",
            id="name of one letter",
        ),
        pytest.param(
            "tags = { team = 'shop', 'aws:owner' = 'me' }",
            "tags.aws:owner = 'me': its name: expected `str` matching regex",
            "tags for everything",
            id="name of a tag",
        ),
        pytest.param(
            "tags = { team = 'shop', owner = '' }",
            "tags.owner = '': expected `str` matching regex",
            "tags for everything",
            id="value of a tag",
        ),
        pytest.param(
            "release.tolerated_error_percent = nan",
            "release.tolerated_error_percent = nan: expected `float` > 0.0",
            "percentage",
            id="nan",
        ),
        pytest.param(
            "release.tolerated_error_percent = inf",
            "release.tolerated_error_percent = inf: expected `float` <= 50.0",
            "percentage",
            id="inf",
        ),
        pytest.param("env = 'prod'", "env: unknown key", "leave it out", id="env"),
        pytest.param(
            "build_buildspec = 'version: 0.2'",
            "build_buildspec: unknown key",
            "leave it out",
            id="what resolving adds",
        ),
    ],
)
def test_a_wrong_value_is_told(
    write_config: WriteConfig, setting: str, message: str, hint: str
) -> None:
    """The value stands beside the rule that it breaks, in the words of TOML."""
    told, hinted = _mistake(write_config, f'[env.prod]\nproject = "shop"\n{setting}\n')

    assert told.startswith(f"env.prod.{message}")
    assert hint in hinted
    assert [word for word in ("null", "`object`", "`array`", r"\Z") if word in told] == []


@pytest.mark.parametrize(
    "defaults, prod, place",
    [
        pytest.param("function.memory = 1", "", "defaults.function.memory", id="defaults"),
        pytest.param("", "function.memory = 1", "env.prod.function.memory", id="environment"),
        pytest.param(
            "function.memory = 256", "function.memory = 1", "env.prod.function.memory", id="both"
        ),
        pytest.param(
            "function.memory = 1", "function.timeout = 5", "defaults.function.memory", id="beside"
        ),
        pytest.param(
            "tags = { a = 1 }", "tags = { b = 'x' }", "defaults.tags.a", id="inside a table"
        ),
    ],
)
def test_the_table_that_holds_the_mistake_is_named(
    write_config: WriteConfig, defaults: str, prod: str, place: str
) -> None:
    """What an environment inherits is told where it stands in the file."""
    text = f'[defaults]\nproject = "shop"\n{defaults}\n[env.prod]\n{prod}\n'

    message, _ = _mistake(write_config, text)

    assert message.startswith(f"{place} = 1: ")


def test_a_missing_project_is_told(write_config: WriteConfig) -> None:
    """The one value without a default is asked for."""
    message, hint = _mistake(write_config, "[env.prod]\n")

    assert "env.prod.project is missing" == message
    assert "write it in [defaults] or in the environment's table" == hint


def test_a_long_value_is_cut(write_config: WriteConfig) -> None:
    """A value never fills the screen, and never breaks the line."""
    lines = r"x\n" * 500

    message, _ = _mistake(write_config, f'[env.prod]\nproject = "{lines}"\n')

    assert "\n" not in message
    assert len(message) < 200
