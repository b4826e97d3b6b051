"""Any valid config, drawn from the schema's own types: a field that is added is exercised at once.

`settings` draws what a person may write in a table, `configs` what it resolves to. What no single
field can see (`cicdgen.config.limits`) is made true here, so that nothing drawn is thrown away.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect as schema

from cicdgen import assets, canary
from cicdgen.config import load
from cicdgen.config.schema import Config, Settings
from cicdgen.names import PREFIX_ROOM

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

REGIONS = (
    "us-east-1",
    "eu-central-1",
    "ap-southeast-3",
    "cn-northwest-1",
    "us-gov-west-1",
)
"""Regions of three partitions: the pattern takes more names than there are regions."""

_ENV = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z"
_KEPT_BY_S3 = ("sthree-", "amzn-s3-demo-")
_KEPT_BY_LAMBDA = ("AWS_", "LAMBDA_", "TZ")
_ENTRIES = 6
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_JSON = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)
_BUILDSPECS = ("build", "test")


@cache
def settings() -> SearchStrategy[dict[str, Any]]:
    """A table as TOML has it, each field there or not, none in need of a file."""
    return _table(Settings).map(_workable)


@st.composite
def configs(draw: DrawFn) -> Config:
    """An environment, resolved."""
    table = draw(settings())
    room = PREFIX_ROOM - len(table["project"]) - len("-")
    env = draw(_matching(_ENV, 1, room))
    file = load.File(Path("cicdgen.toml"), {}, {env: table})
    config = load.resolve(file, env).config
    for project in _BUILDSPECS:
        if draw(st.booleans()):
            config = _with_own_buildspec(config, project)
    return config


def _with_own_buildspec(config: Config, project: str) -> Config:
    """As if the file had named a buildspec: its text is read when the config is resolved."""
    named = msgspec.structs.replace(getattr(config, project), buildspec=f"{project}.yml")
    text = f"# own\n{assets.buildspec(project)}"
    return msgspec.structs.replace(config, **{project: named, f"{project}_buildspec": text})


def _workable(table: dict[str, Any]) -> dict[str, Any]:
    """The table with what cannot work together set right."""
    if table["project"].startswith(_KEPT_BY_S3):
        table["project"] = table["project"].replace("-", "")
    release = table.get("release", {})
    shift = canary.SHIFTS[
        release.get("deployment_config", Config(project="p", env="e").release.deployment_config)
    ]
    most = canary.most_datapoints(shift)
    if shift.window == 0:
        release.pop("hook", None)
    if "alarm_minutes" in release:
        release["alarm_minutes"] = min(most, release["alarm_minutes"])
        if not most:
            del release["alarm_minutes"]
    return table


def _table(struct: type) -> SearchStrategy[dict[str, Any]]:
    kind = schema.type_info(struct)
    assert isinstance(kind, schema.StructType)
    required = {field.name: _value(field.type) for field in kind.fields if field.required}
    optional = {
        field.name: _NAMED[field.name] if field.name in _NAMED else _value(field.type)
        for field in kind.fields
        if not field.required and field.name not in _NEEDS_A_FILE
    }
    return st.fixed_dictionaries(required, optional=optional)


def _value(kind: schema.Type) -> SearchStrategy[Any]:
    match kind:
        case schema.Metadata(type=inner):
            return _value(inner)
        case schema.UnionType(types=kinds):
            # TOML has no null: a field that may be empty is left out.
            return st.one_of(*(_value(k) for k in kinds if not isinstance(k, schema.NoneType)))
        case schema.StructType(cls=struct):
            return _table(struct)
        case schema.VarTupleType(item_type=item, min_length=least, max_length=most):
            longest = min(most or _ENTRIES, _ENTRIES)
            return st.lists(_value(item), min_size=least or 0, max_size=longest, unique=True)
        case schema.DictType(key_type=key, value_type=value):
            entries = st.tuples(_value(key).filter(_is_free), _value(value))
            # IAM takes tags that differ in case alone for one.
            distinct = st.lists(entries, max_size=_ENTRIES, unique_by=lambda e: e[0].lower())
            return distinct.map(dict)
    return _scalar(kind)


def _scalar(kind: schema.Type) -> SearchStrategy[Any]:
    match kind:
        case schema.LiteralType(values=values):
            return st.sampled_from(values)
        case schema.BoolType():
            return st.booleans()
        case schema.IntType(ge=least, le=most):
            return st.integers(least, most)
        case schema.FloatType(gt=above, le=most):
            return st.floats(above, most, exclude_min=True, allow_subnormal=False)
        case schema.StrType(pattern=pattern, min_length=shortest, max_length=longest):
            return _matching(pattern, shortest or 0, longest or 255) if pattern else _TEXT
        case schema.AnyType():
            return _JSON
    message = f"no strategy for {kind}: add one"
    raise NotImplementedError(message)


def _matching(pattern: str, shortest: int, longest: int) -> SearchStrategy[str]:
    return st.from_regex(pattern).filter(lambda text: shortest <= len(text) <= longest)


def _is_free(name: str) -> bool:
    """Whether it can be no variable that Lambda keeps for itself."""
    return not name.startswith(_KEPT_BY_LAMBDA)


_NAMED: dict[str, SearchStrategy[Any]] = {
    "region": st.sampled_from(REGIONS),
    # Tighter ones are for a check to fail: the build makes what the function runs, in two steps.
    "blast_radius": st.fixed_dictionaries(
        {}, optional={"steps": st.integers(2, 9), "never": st.just(["SourceBucket"])}
    ),
}
_NEEDS_A_FILE = ("buildspec",)
