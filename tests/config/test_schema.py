"""The types of the config: what each field lets in, and the schema that editors read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from tests.configs import minimal_config
from tests.strategies import configs, settings

from cicdgen.config import shown
from cicdgen.config.schema import Config, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json.loads(shown.json_schema())
VPC = {"subnet_ids": ["subnet-01234567"], "security_group_ids": ["sg-01234567"]}


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"function": {"memory": 128}}, id="least memory"),
        pytest.param({"function": {"memory": 10240}}, id="most memory"),
        pytest.param({"function": {"timeout": 840}}, id="longest timeout"),
        pytest.param({"function": {"handler": "app/api.main.handler"}}, id="nested handler"),
        pytest.param({"function": {"environment": {"AB": "a\tb\r\nc é 😀"}}}, id="lines of text"),
        pytest.param({"function": {"vpc": VPC}}, id="VPC"),
        pytest.param(
            {"function": {"vpc": VPC | {"subnet_ids": ["subnet-0123456789abcdef0"]}}}, id="long id"
        ),
        pytest.param({"region": "us-gov-west-1"}, id="GovCloud"),
        pytest.param({"account": "000000000001"}, id="account with zeros"),
        pytest.param({"source": {"object_key": "in/v1.2/source.zip"}}, id="key in a folder"),
        pytest.param({"permissions_boundary": "team/Boundary"}, id="boundary by name"),
        pytest.param(
            {"permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess"}, id="by ARN"
        ),
        pytest.param({"tags": {"team:größe": "a b/c@d"}}, id="tag in another alphabet"),
        pytest.param({"tags": {"awsome": "x"}}, id="tag that only begins like AWS's"),
        pytest.param({"project": "a"}, id="shortest project"),
        pytest.param({"project": "a1-b2-c3"}, id="project with digits"),
    ],
)
def test_a_valid_value_is_let_in(settings: dict[str, Any]) -> None:
    """What AWS takes, the schema takes, and keeps as it is."""
    config = msgspec.to_builtins(minimal_config(**settings))
    (name, value), *_ = settings.items()
    got = {key: config[name][key] for key in value} if isinstance(value, dict) else config[name]

    assert json.dumps(value) == json.dumps(got)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"project": ""}, id="no project"),
        pytest.param({"project": "a" * 21}, id="long project"),
        pytest.param({"project": "Shop"}, id="upper case"),
        pytest.param({"project": "shop-"}, id="hyphen at the end"),
        pytest.param({"project": "a--b"}, id="two hyphens"),
        pytest.param({"project": "1shop"}, id="digit first"),
        pytest.param({"project": "${AWS::Region}"}, id="a reference"),
        pytest.param({"function": {"handler": "handler"}}, id="handler without a module"),
        pytest.param({"function": {"timeout": 841}}, id="no time left for the hook"),
        pytest.param({"function": {"log_retention": 2}}, id="retention that Logs does not know"),
        pytest.param({"function": {"environment": {"AB": "\x00"}}}, id="NUL"),
        pytest.param({"function": {"environment": {"AB": "\x87"}}}, id="control character"),
        pytest.param({"function": {"environment": {"A-B": "x"}}}, id="variable with a hyphen"),
        pytest.param({"function": {"environment": {"1AB": "x"}}}, id="variable with a digit"),
        pytest.param(
            {"function": {"vpc": VPC | {"subnet_ids": ["subnet-0123456789"]}}}, id="id of no length"
        ),
        pytest.param({"account": "\uff10" * 12}, id="digits of another alphabet"),
        pytest.param({"region": "eu-central-\u0661"}, id="region with another digit"),
        pytest.param({"region": "Frankfurt"}, id="region by its city"),
        pytest.param({"source": {"object_key": "source.tar.gz"}}, id="no zip"),
        pytest.param({"source": {"object_key": "${x}.zip"}}, id="a reference in the key"),
        pytest.param({"permissions_boundary": "arn:aws:iam::1:policy/x"}, id="half an ARN"),
        pytest.param({"tags": {"AWS:x": "y"}}, id="tag of AWS in capitals"),
        pytest.param({"tags": {"x" * 129: "y"}}, id="long tag"),
        pytest.param({"tags": {f"t{n}": "x" for n in range(41)}}, id="41 tags"),
        pytest.param({"notifications": {"emails": ["a b@example.com"]}}, id="address with a space"),
        pytest.param({"notifications": {"emails": ["a@b.c"] * 51}}, id="51 addresses"),
        pytest.param({"access_log_bucket": "Logs"}, id="bucket in capitals"),
        pytest.param({"release": {"tolerated_error_percent": 0}}, id="no error tolerated"),
        pytest.param({"manual_approval": "yes"}, id="yes is no boolean"),
    ],
)
def test_an_invalid_value_is_kept_out(settings: dict[str, Any]) -> None:
    """What AWS would refuse, or read as something else, never becomes a config."""
    with pytest.raises(msgspec.ValidationError):
        minimal_config(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"project": "shop\n"}, id="project"),
        pytest.param({"region": "us-east-1\n"}, id="region"),
        pytest.param({"account": "123456789012\n"}, id="account"),
        pytest.param({"function": {"handler": "index.handler\n"}}, id="handler"),
        pytest.param({"function": {"environment": {"AB\n": "x"}}}, id="variable"),
        pytest.param({"build": {"environment": {"AB\n": "x"}}}, id="variable of a build"),
        pytest.param({"build": {"image": "image\n"}}, id="image"),
        pytest.param({"source": {"object_key": "source.zip\n"}}, id="key"),
        pytest.param({"notifications": {"emails": ["a@example.com\n"]}}, id="address"),
        pytest.param({"function": {"vpc": VPC | {"subnet_ids": ["subnet-01234567\n"]}}}, id="net"),
        pytest.param(
            {"function": {"vpc": VPC | {"security_group_ids": ["sg-01234567\n"]}}}, id="group"
        ),
        pytest.param({"permissions_boundary": "Boundary\n"}, id="boundary"),
        pytest.param({"tags": {"team\n": "x"}}, id="tag"),
        pytest.param({"tags": {"team": "x\n"}}, id="value of a tag"),
        pytest.param({"access_log_bucket": "logs\n"}, id="bucket"),
    ],
)
def test_no_pattern_lets_a_line_break_follow(settings: dict[str, Any]) -> None:
    """Python's `$` would."""
    with pytest.raises(msgspec.ValidationError):
        minimal_config(**settings)


@given(table=settings())
@examples(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_person_may_write_is_valid(table: dict[str, Any]) -> None:
    """The strategy draws what the schema lets in, and the schema loses none of it."""
    config = msgspec.convert(table, Settings)

    assert table == _common(table, msgspec.to_builtins(config))


def _common(table: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """What of the table the config has; tuples are the lists of TOML."""
    return {key: _as_toml(value, config[key]) for key, value in table.items() if key in config}


def _as_toml(given: Any, got: Any) -> Any:  # noqa: ANN401 - any value of a config
    match given:
        case dict():
            return _common(given, got)
        case list():
            return list(got)
    return got


def test_the_strategy_draws_every_field() -> None:
    """No field of the config is left at its default by every example."""
    changed: set[str] = set()

    @given(config=configs())
    @examples(
        max_examples=150, deadline=None, database=None, derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    def draw(config: Config) -> None:
        changed.update(_differences(msgspec.to_builtins(config), _plain_default(), ""))

    draw()

    expected = set(_differences(_every_field(), {}, "")) | {"build_buildspec", "test_buildspec"}
    assert expected - changed == set()


def _plain_default() -> dict[str, Any]:
    default: dict[str, Any] = msgspec.to_builtins(minimal_config())
    return default


def _every_field() -> dict[str, Any]:
    """A value for each key that the file may have, whatever it is."""
    return _keys_of("Settings")


def _keys_of(name: str) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for key, field in SCHEMA["$defs"][name]["properties"].items():
        inner = next(iter(re.findall(r"#/\$defs/(\w+)", json.dumps(field))), None)
        keys[key] = _keys_of(inner) if inner else key
    return keys


def _differences(value: dict[str, Any], default: dict[str, Any], above: str) -> Iterator[str]:
    """Paths of the schema at which the two differ."""
    for key, item in value.items():
        other = default.get(key)
        path = f"{above}{key}"
        inside = isinstance(item, dict) and path not in ("tags", "release.smoke_event")
        if inside and not path.endswith("environment"):
            yield from _differences(item, other if isinstance(other, dict) else {}, f"{path}.")
        elif item != other:
            yield path


def _objects(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from _objects(inner)
        case list():
            for inner in value:
                yield from _objects(inner)


def test_the_editors_schema_is_closed_at_every_depth() -> None:
    """An editor marks an unknown key wherever it stands."""
    opened = [name for name, table in SCHEMA["$defs"].items() if table["additionalProperties"]]

    assert opened == []
    assert SCHEMA["additionalProperties"] is False


def test_the_editors_schema_asks_only_for_the_frame() -> None:
    """A table may leave out whatever another sets: nothing inside is required but in a waiver."""
    inner = [name for name, table in SCHEMA["$defs"].items() if "required" in table]

    assert inner == ["Waiver"]
    assert ["version", "env"] == SCHEMA["required"]


def test_the_editors_schema_explains_every_value() -> None:
    """An editor that hovers over a key shows what it is for."""
    mute = [
        f"{name}.{key}"
        for name, table in SCHEMA["$defs"].items()
        for key, field in table["properties"].items()
        if "$defs" not in json.dumps(field) and "description" not in json.dumps(field)
    ]

    assert mute == []


def test_the_editors_patterns_are_javascripts() -> None:
    r"""`\Z` is a letter there, and `$` the very end."""
    patterns = [found["pattern"] for found in _objects(SCHEMA) if "pattern" in found]

    assert [pattern for pattern in patterns if pattern.endswith("$") is False] == []
    assert [pattern for pattern in patterns if r"\Z" in pattern or "(?P" in pattern] == []
    assert len(patterns) > 10
