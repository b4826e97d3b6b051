"""What cfn-lint does over and over, done once or faster: the same results in less time.

- It asks `dataclasses.fields` of three classes some sixty thousand times for a template of sixty
  resources. The answer is a tuple that belongs to the class.
- It copies its context twenty thousand times, field by field, through a constructor that takes all.
- It reads its schemas and tables, two hundred JSON files, with the standard library's parser.

Together about a ninth of a check of one template, when it was put in. Where a version of cfn-lint
has other modules, or other names in them, they are left as they are: then it is only slower. The
copy repeats what cfn-lint's own does, so it is put in for the version alone whose code was read.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from functools import cache
from typing import IO, Any

import msgspec

_ASK_FOR_FIELDS = (
    "cfnlint.context.context",
    "cfnlint.jsonschema._filter",
    "cfnlint.jsonschema.validators",
)
_READ_JSON = (
    "cfnlint.helpers",
    "cfnlint.schema.manager",
    "cfnlint.schema.other_schema_manager",
)


_READ_VERSION = "1.58.0"


class Json:
    """`json`, with a faster way to read."""

    @staticmethod
    def loads(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
        """Read a text."""
        return msgspec.json.decode(text)

    @staticmethod
    def load(file: IO[str] | IO[bytes]) -> Any:  # noqa: ANN401 - JSON
        """Read a file."""
        return msgspec.json.decode(file.read())

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever `json` has
        return getattr(json, name)


def evolve(self: Any, **changes: Any) -> Any:  # noqa: ANN401 - in place of Context's own
    """A copy of a context with changes, as `Context.evolve` makes it: it adds to references."""
    if "ref_values" in changes:
        changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
    made = object.__new__(self.__class__)
    made.__dict__.update(self.__dict__, **changes)
    # What it has worked out from its resources, the copy works out from its own.
    made.__dict__.pop("module_names", None)
    return made


def quicken() -> None:
    """Put them in, in the modules of cfn-lint that are loaded. Once is enough, more do no harm."""
    fields = cache(dataclasses.fields)
    for name in _ASK_FOR_FIELDS:
        module = sys.modules.get(name)
        if getattr(module, "fields", None) is dataclasses.fields:
            module.fields = fields  # type: ignore[union-attr]  # it has the name, so it is one
    context = sys.modules.get("cfnlint.context.context")
    version = sys.modules.get("cfnlint.version")
    if context is not None and getattr(version, "__version__", None) == _READ_VERSION:
        context.Context.evolve = evolve
    for name in _READ_JSON:
        module = sys.modules.get(name)
        if getattr(module, "json", None) is json:
            module.json = Json()  # type: ignore[union-attr]  # as above
