"""No secret stands in the environment of a project.

Anyone who may look at the project or its builds reads it. It is told by the variable's name or the
value's form, so this may be wrong. Source: codebuild/build-spec-ref (env/secrets-manager).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "project-secrets"
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|SECRET_ACCESS_KEY)(?:$|_)"
    r"(?!ARN|NAME|ID|PATH)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^(?:AKIA|ASIA)[A-Z0-9]{16}$|^gh[pousr]_\w{20,}|-----BEGIN [A-Z ]*PRIVATE"
)


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
            if (kind.is_given and kind.known != "PLAINTEXT") or not value.is_given:
                continue
            if value.known is None and "{{resolve:secretsmanager" not in str(value):
                if value.is_unknown and _SECRET_NAME.search(name):
                    because = f"whether {name} of {project.logical_id} is a secret, in plain text"
                    yield Doubt(check=NAME, path=value.path, because=because)
                continue
            if _SECRET_NAME.search(name) or _SECRET_VALUE.search(value.known or ""):
                yield Flaw(
                    check=NAME,
                    path=value.path,
                    message=f"{name} of {project.logical_id} looks like a secret, in plain text",
                    fix="set Type: SECRETS_MANAGER or PARAMETER_STORE, and give the name of the"
                    " secret",
                    source="codebuild/build-spec-ref",
                )
