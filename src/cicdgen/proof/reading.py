"""A template's text as its body: JSON, or YAML with CloudFormation's short forms spelled out.

Source: AWSCloudFormation/intrinsic-function-reference.
"""

import json
from functools import lru_cache
from typing import Any

from cicdgen.cloudformation import Template
from cicdgen.errors import UsageError

_PLAIN = frozenset({"Ref", "Condition"})


def read(text: str, name: str) -> Template:
    """The template that a text is.

    Args:
        text: JSON or YAML.
        name: What errors call it.

    Raises:
        UsageError: the text is no template.
    """
    try:
        body = json.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise UsageError(
            f"{name} is neither JSON nor YAML: {reason}", hint="give a CloudFormation template"
        ) from error
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise UsageError(f"{name} has no Resources", hint="give a CloudFormation template")
    return Template.read(body)


def _yaml(text: str) -> Any:  # noqa: ANN401 - it may be anything
    import yaml  # noqa: PLC0415 - most templates are JSON

    try:
        return yaml.load(text, _loader())  # noqa: S506 - it is a safe loader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=1)
def _loader() -> Any:  # noqa: ANN401 - PyYAML is untyped here
    """A safe loader that knows the short forms, and takes no text for a date."""
    import yaml  # noqa: PLC0415 - as above

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    def short(loader: Any, name: str, node: Any) -> Any:  # noqa: ANN401 - as above
        match node:
            case yaml.ScalarNode():
                value: Any = loader.construct_scalar(node)
            case yaml.SequenceNode():
                value = loader.construct_sequence(node, deep=True)
            case _:
                value = loader.construct_mapping(node, deep=True)
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name if name in _PLAIN else f"Fn::{name}": value}

    Loader.add_multi_constructor("!", short)
    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in Loader.yaml_implicit_resolvers.items()
    }
    return Loader
