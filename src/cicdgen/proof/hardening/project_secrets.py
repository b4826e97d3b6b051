"""No secret stands in the environment of a project.

Anyone who may look at the project or its builds reads it. It is told by the variable's name or the
value's form, so this may be wrong. Source: codebuild/build-spec-ref (env/secrets-manager).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.secret import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "project-secrets"
_FIX = "set Type: SECRETS_MANAGER or PARAMETER_STORE, and give the name of the secret"
_PAGE = "codebuild/build-spec-ref"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the plain variables of every project."""
    for project in stack.of_type(PROJECT):
        given = Place.of(project).at("Environment", "EnvironmentVariables").members()
        for variable in given:
            name, value = variable.at("Name").known or "", variable.at("Value")
            kind = variable.at("Type")
            if variable.is_unknown or variable.at("Name").is_unknown:
                because = f"whether a secret is among the variables of {project.logical_id}"
                yield Doubt(check=NAME, path=variable.path, because=because)
                continue
            if kind.is_given and kind.known != "PLAINTEXT":
                continue
            yield from said(NAME, project.logical_id, name, value, _FIX, _PAGE)
