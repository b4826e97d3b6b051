"""Values for the parameters of a template, from whoever rehearses it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Template
from cicdgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_values(template: Template, given: Mapping[str, str]) -> Template:
    """A template with these values for its parameters' defaults.

    Raises:
        UsageError: it has no such parameter.
    """
    if not given:
        return template
    if unknown := given.keys() - template.parameters.keys():
        raise UsageError(
            f"the template has no parameter {', '.join(sorted(unknown))}",
            hint=f"it has {', '.join(sorted(template.parameters)) or 'none'}",
        )
    body = copy.deepcopy(dict(template.body))
    for name, value in given.items():
        body["Parameters"][name]["Default"] = value
    return Template.read(body)
