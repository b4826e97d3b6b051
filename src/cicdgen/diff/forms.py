"""What an action can work on: a statement that names something else for it permits nothing there.

`s3:ListBucket` on `bucket/*` is written every day, in statements that list both kinds of actions
and both kinds of resources. It permits nothing, because a bucket's name has no slash.

Source: the service authorization reference, which lists the forms of ARNs that an action works on.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Shape, Text
from cicdgen.cloudformation.text import ANY_RUN, can_match
from cicdgen.diff.globs import is_wild
from cicdgen.iam import action_facts

if TYPE_CHECKING:
    from cicdgen.diff.atoms import Atom

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}|<[^>]*>")
_ONE_PIECE = frozenset(
    {"AccessPointName", "Account", "AccountId", "BucketName", "Partition", "QueueName", "Region"}
)
"""Placeholders for what has neither slash nor colon; any other may stand for anything.

s3/bucketnamingrules, s3/access-points-names, AWSSimpleQueueService/quotas-queues. A function's name
may end in a qualifier, a key's id is somebody else's to make.
"""


def permits_nothing(atom: Atom) -> bool:
    """Whether no request is what an atom is about: no more than is sure.

    An action that the reference does not know may work on anything.
    """
    if ANY_RUN in atom.not_resources or ANY_RUN in atom.not_actions:
        return True
    plain = [pattern for pattern in atom.actions if not is_wild(pattern)]
    # All patterns of an atom have to match.
    return any(not can_work_on(each, pattern) for each in plain for pattern in atom.resources)


@cache
def can_work_on(action: str, pattern: str) -> bool:
    """Whether an action works on something that a pattern may match.

    Args:
        action: as `s3:getobject`, in any case.
        pattern: the code of a pattern, or of an ARN.
    """
    facts = action_facts(action)
    if facts is None:
        return True
    # What works on no resource is asked about on `*`.
    forms = [_form(each.arn) for each in facts.resource_types] or ["*"]
    return any(can_match(pattern, form, is_pattern=True) for form in forms)


@cache
def _form(arn: str) -> str:
    """The code of an ARN's form: each placeholder is a token."""
    return _PLACEHOLDER.sub(_token, arn)


def _token(found: re.Match[str]) -> str:
    name = found[1] or "anything"
    shape = Shape.NAME if name in _ONE_PIECE else Shape.ANY
    return Text.token(f"the form's {name}", shape, because="the reference leaves it open").code
