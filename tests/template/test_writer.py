"""Our one walk writes what troposphere's own way and the json module write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.configs import minimal_config
from troposphere import AWSObject, Ref, Tags, s3
from troposphere import Template as TroposphereTemplate

from cicdgen.template import assemble, render
from cicdgen.writer import write

if TYPE_CHECKING:
    from tests.reading import Template


def test_same_document_as_troposphere() -> None:
    """The text holds exactly what troposphere's Template makes of the same objects."""
    sections: dict[str, Any] = assemble(minimal_config(tags={"team": "shop"}))
    theirs = TroposphereTemplate()
    theirs.set_version()
    theirs.set_description(sections["Description"])
    for name, condition in sections["Conditions"].items():
        theirs.add_condition(name, condition)
    for resource in sections["Resources"].values():
        theirs.add_resource(resource)
    for output in sections["Outputs"].values():
        theirs.add_output(output)

    assert json.loads(write(sections)) == json.loads(theirs.to_json())


@pytest.mark.parametrize("indent", [None, 2, 4])
def test_same_text_as_the_json_module(prod: Template, indent: int | None) -> None:
    """Layout and escapes are those of `json.dumps`, compact or indented."""
    separators = (",", ":") if indent is None else None
    expected = json.dumps(prod.document, indent=indent, separators=separators, ensure_ascii=False)

    assert expected == write(prod.document, indent=indent)


@pytest.mark.parametrize(
    "value",
    [{}, [], {"a": {}, "b": []}, "", 'quote " back \\ line \n tab \t', "é 中", 1, 1.5, True, False],
    ids=repr,
)
def test_plain_values(value: object) -> None:
    """Scalars, empty containers, escapes and other alphabets are written as JSON has them."""
    assert value == json.loads(write(value, indent=2))


def test_a_missing_required_property_is_refused() -> None:
    """The walk validates as troposphere does: what CloudFormation would refuse is not written."""
    with pytest.raises(ValueError, match="PolicyDocument"):
        write(s3.BucketPolicy("Policy", Bucket=Ref("Bucket")))


def test_what_is_no_part_of_a_template_is_refused() -> None:
    """A value of an unknown kind is an error, not its repr in a template."""
    with pytest.raises(TypeError, match="no object"):
        write({"a": object()})


def test_the_type_comes_first(default: Template) -> None:
    """A resource reads type, policies of deletion, metadata, properties."""
    for resource in default.resources.values():
        assert next(iter(resource)) == "Type"
        assert next(reversed(resource)) == "Properties"


def test_tags_reach_everything_that_can_carry_them() -> None:
    """Every resource type with a Tags property has the config's tags."""
    sections: dict[str, Any] = assemble(minimal_config(tags={"team": "shop"}))
    resources: dict[str, AWSObject] = sections["Resources"]
    untagged = [
        title
        for title, resource in resources.items()
        if "Tags" in resource.props and not isinstance(resource.properties.get("Tags"), Tags)
    ]

    assert untagged == []
    assert '"Key": "team"' in render(minimal_config(tags={"team": "shop"}))
