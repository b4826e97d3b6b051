"""Reading `cicdgen.toml`: found, parsed, merged and typed, every value with its origin.

Precedence: built-in default, then `[defaults]`, then `[env.NAME]`. Tables merge key by key, lists
replace.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from cicdgen.config import limits, wording
from cicdgen.config.schema import RESOLVED_FIELDS, Config, Waiver
from cicdgen.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "cicdgen.toml"
VERSION = 1
_TOP_LEVEL = ("version", "defaults", "env", "waivers")


class File(Struct, frozen=True):
    """A config file as it stands: its path and its tables, not yet typed."""

    path: Path
    defaults: Mapping[str, Any]
    envs: Mapping[str, Mapping[str, Any]]
    waivers: object = ()


class Resolved(Struct, frozen=True):
    """One environment: its config, and for each key that the file sets, the table that set it."""

    config: Config
    origins: Mapping[str, str]


def find(start: Path) -> Path:
    """The nearest config file, from a folder up to the root of its git checkout.

    Raises:
        ConfigError: there is none.
    """
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if candidate.is_file():
            return candidate
        if (folder / ".git").exists():
            break
    raise ConfigError(
        f"no {FILE_NAME} in this folder or above it, up to the root of the checkout",
        hint="`cicdgen init` writes one; `--config FILE` names another",
    )


def read(path: Path) -> File:
    """Read a config file.

    Raises:
        ConfigError: it cannot be read, is not TOML, has another version, or names no environment.
    """
    try:
        with path.open("rb") as stream:
            raw = tomllib.load(stream)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror or error}", hint="name a file that you may read"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    _require_version(path, raw)
    for key in raw:
        if key not in _TOP_LEVEL:
            raise ConfigError(
                f"{path}: {key}: unknown key",
                hint=wording.nearest(key, _TOP_LEVEL) or "settings go in [defaults] or [env.NAME]",
            )
    defaults, envs = raw.get("defaults", {}), raw.get("env", {})
    tables = {"defaults": defaults, "env": envs}
    if isinstance(envs, dict):
        tables |= {f"env.{name}": table for name, table in envs.items()}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(
                f"{path}: {name} = {wording.shown(table)}: expected a table",
                hint=f"write `[{'env.NAME' if name == 'env' else name}]`, and settings below it",
            )
    if not envs:
        raise ConfigError(
            f"{path}: no environment", hint="add a table, e.g. `[env.prod]`; it may be empty"
        )
    return File(path, defaults, envs, raw.get("waivers", ()))


def _require_version(path: Path, raw: Mapping[str, Any]) -> None:
    if "version" not in raw:
        raise ConfigError(
            f"{path}: version is missing", hint=f"write `version = {VERSION}` at the top"
        )
    version = raw["version"]
    # Python takes true and 1.0 for 1.
    if version != VERSION or type(version) is not int:
        raise ConfigError(
            f"{path}: version = {wording.shown(version)}: this cicdgen reads version {VERSION}",
            hint="use the cicdgen that wrote the file, or change it as CHANGELOG.md says",
        )


def resolve(file: File, env: str) -> Resolved:
    """One environment of a file, merged, typed and checked for what cannot work.

    Raises:
        ConfigError: the environment is unknown, a value is wrong, or values do not go together.
    """
    if env not in file.envs:
        raise ConfigError(
            f"{file.path}: no environment `{env}`",
            hint=wording.nearest(env, file.envs) or f"it has {', '.join(sorted(file.envs))}",
        )
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    _merge(merged, file.defaults, origins, origin="defaults", above="")
    _merge(merged, file.envs[env], origins, origin=f"env.{env}", above="")
    for reserved in RESOLVED_FIELDS:
        if reserved in merged:
            raise ConfigError(
                f"{file.path}: {origins[reserved]}.{reserved}: unknown key", hint="leave it out"
            )
    try:
        config = msgspec.convert({**merged, "env": env}, Config)
    except msgspec.ValidationError as error:
        # Imported here: it asks for the types of all fields, which a valid config needs nobody to.
        from cicdgen.config import mistakes  # noqa: PLC0415

        raise mistakes.explained(error, file.path, merged, origins, env) from None
    config = msgspec.structs.replace(
        config,
        build_buildspec=_buildspec(
            file.path, wording.place("build.buildspec", origins, env), config.build.buildspec
        ),
        test_buildspec=_buildspec(
            file.path, wording.place("test.buildspec", origins, env), config.test.buildspec
        ),
    )
    found = tuple(limits.problems(config))
    if found:
        raise ConfigError(
            "\n".join(
                f"{file.path}: {wording.place(p.key, origins, env)} = {wording.shown(p.got)}: "
                f"{p.why}"
                for p in found
            ),
            hint="; ".join(dict.fromkeys(p.hint for p in found)),
        )
    return Resolved(config, origins)


def waivers(file: File) -> tuple[Waiver, ...]:
    """The waivers of a file, typed.

    Raises:
        ConfigError: one is not as it must be.
    """
    rows = file.waivers
    if not isinstance(rows, list | tuple):
        raise ConfigError(
            f"{file.path}: waivers = {wording.shown(rows)}: expected an array of tables",
            hint="write `[[waivers]]` above each",
        )
    return tuple(_waiver(file.path, number, row) for number, row in enumerate(rows))


def _waiver(path: Path, number: int, row: object) -> Waiver:
    try:
        return msgspec.convert(row, Waiver)
    except msgspec.ValidationError as error:
        what = str(error).replace("`$.", "`").replace("Object", "the table").replace("\\Z", "$")
        raise ConfigError(
            f"{path}: waivers[{number}]: {what[:1].lower()}{what[1:]}",
            hint="a waiver has rule, resource and statement, as `cicdgen check` prints them, and a "
            "reason of ten characters at least, an owner, and a date after which it expires",
        ) from None


def _merge(
    into: dict[str, Any],
    table: Mapping[str, Any],
    origins: dict[str, str],
    *,
    origin: str,
    above: str,
) -> None:
    for key, value in table.items():
        path = f"{above}{key}"
        if isinstance(value, dict):
            inner = into.get(key)
            into[key] = dict(inner) if isinstance(inner, dict) else {}
            origins[path] = origin
            _merge(into[key], value, origins, origin=origin, above=f"{path}.")
        else:
            into[key] = value
            origins[path] = origin


def _buildspec(config: Path, key: str, name: str | None) -> str | None:
    if name is None:
        return None
    path = config.parent / name
    try:
        return path.read_text(encoding="utf-8")
    # ValueError: not UTF-8, or a name that no file can have.
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{config}: {key} = {wording.shown(name)}: cannot be read: {error}",
            hint="the path is relative to the config file",
        ) from error
