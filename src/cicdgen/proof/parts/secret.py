"""What looks like a secret, by the name of a variable or the form of its value: it may be wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation.truth import Truth
    from cicdgen.proof.parts.place import Place

_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|SECRET_ACCESS_KEY)(?:$|_)"
    r"(?!ARN|NAME|ID|PATH)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"^(?:AKIA|ASIA)[A-Z0-9]{16}$|^gh[pousr]_\w{20,}|-----BEGIN [A-Z ]*PRIVATE")


def said(check: str, of: str, name: str, value: Place, fix: str, source: str) -> Iterator[Remark]:
    """What there is to say of a variable.

    Args:
        check: the check that says it.
        of: the logical id of what has the variable.
        name: the variable's.
        value: the variable's.
        fix: what to do instead.
        source: the page that the check rests on.
    """
    looks = _is_secret(name, value)
    if looks is None:
        because = f"whether {name} of {of} is a secret, in plain text"
        yield Doubt(check=check, path=value.path, because=because)
    elif looks:
        message = f"{name} of {of} looks like a secret, in plain text"
        yield Flaw(check=check, path=value.path, message=message, fix=fix, source=source)


def _is_secret(name: str, value: Place) -> Truth:
    """Whether a variable looks like one; None if only its name does, and its value is not known."""
    if not value.is_given:
        return False
    if value.known is None and "{{resolve:secretsmanager" not in str(value):
        return None if value.is_unknown and _NAME.search(name) else False
    return bool(_NAME.search(name) or _VALUE.search(value.known or ""))
