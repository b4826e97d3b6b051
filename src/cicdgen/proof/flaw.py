"""What a check says of a template: a flaw, or a doubt where the template does not decide it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicdgen.cloudformation import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something that will not work, or is not safe, when the template is deployed.

    Attributes:
        check: the check's name, e.g. `alarm-sees-canary`.
        path: the place, as keys from the template's root.
        message: one line: what is wrong, with the value got, and what happens because of it.
        fix: one line: what would do.
        source: the AWS page that it rests on, as guide/page.
    """

    check: str
    path: Path
    message: str
    fix: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that the template alone does not decide: never taken for right or for wrong.

    Attributes:
        check: the check's name.
        path: the place, as keys from the template's root.
        because: one line: what is not known.
    """

    check: str
    path: Path
    because: str


Remark = Flaw | Doubt
