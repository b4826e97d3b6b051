"""Values of parameters, in the shapes in which they lie about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cicdgen.cli.ordering import overrides_of
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text, values",
    [
        pytest.param('{"Parameters": {"A": "b"}}', {"A": "b"}, id="CodePipeline's"),
        pytest.param('{"A": "b"}', {"A": "b"}, id="an object"),
        pytest.param(
            '[{"ParameterKey": "A", "ParameterValue": "b"}]', {"A": "b"}, id="CloudFormation's"
        ),
        pytest.param(
            '[{"ParameterKey": "A", "UsePreviousValue": true}]', {}, id="a value that stays"
        ),
        pytest.param(
            '{"A": true, "B": 1, "C": 2.5, "D": ["x", 2]}',
            {"A": "true", "B": "1", "C": "2.5", "D": "x,2"},
            id="what is no text",
        ),
    ],
)
@pytest.mark.parametrize("given", ["{path}", "file://{path}"])
def test_a_file_of_values(tmp_path: Path, text: str, values: dict[str, str], given: str) -> None:
    """Each value as CloudFormation takes it: `true`, and not Python's `True`."""
    path = tmp_path / "parameters.json"
    path.write_text(text, encoding="utf-8")

    assert values == overrides_of([given.format(path=path)])


def test_later_values_go_before(tmp_path: Path) -> None:
    """They merge, in the order of the command line."""
    path = tmp_path / "parameters.json"
    path.write_text('{"A": "file", "B": "file"}', encoding="utf-8")

    assert {"A": "line", "B": "file"} == overrides_of([str(path), "A=line"])


@pytest.mark.parametrize(
    "text",
    ["{", "1", '[{"Key": "A"}]', '["A=b"]', '{"A": null}', '{"A": {"b": "c"}}', '{"A": [["b"]]}'],
)
def test_what_is_no_value_is_told(tmp_path: Path, text: str) -> None:
    """With the file's name."""
    path = tmp_path / "parameters.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"parameters\.json"):
        overrides_of([str(path)])
