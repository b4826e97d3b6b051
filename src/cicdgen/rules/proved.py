"""The proof of permissions, as remarks: a call that is refused, a grant that no call needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam import Allowed
from cicdgen.proof.flaw import Doubt, Flaw
from cicdgen.proof.proof import prove_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cicdgen.cloudformation import Account, Stack
    from cicdgen.proof.flaw import Remark
    from cicdgen.proof.sufficient import Open, Refused

REFUSED = "hop-refused"
EXCESS = "grant-excess"
# Whose refusals are one of the twenty failures.
_OF_SERVICE = {"kms": "key-refused", "codedeploy": "deploy-refused"}


def remarks(found: Sequence[Stack], account: Account) -> Iterator[Remark]:
    """What the proof has to say against a template, in the stacks that it can become."""
    proof = prove_stacks(found, account)
    for refused in proof.refused:
        hop = refused.hop
        yield Flaw(
            check=_check(refused),
            path=hop.path,
            message=f"{'; '.join(refused.because)}. {hop.why}",
            fix="allow it on the side that the message names",
            source=hop.source,
        )
    for open_ in proof.open:
        yield Doubt(check=_check(open_), path=open_.hop.path, because="; ".join(open_.because))
    for doubt in proof.doubts:
        yield Doubt(check=REFUSED, path=doubt.path, because=doubt.because)
    for excess in proof.weighed.excess:
        yield Flaw(
            check=EXCESS,
            path=excess.path,
            message=str(excess),
            fix="remove it",
            source="IAM/best-practices",
        )
    yield from proof.beyond


def _check(judged: Refused | Open) -> str:
    """By the service that the first call is made to which is not allowed."""
    for call, answers in zip(judged.hop.calls, judged.answers, strict=True):
        if not any(isinstance(answer, Allowed) for answer in answers):
            return _OF_SERVICE.get(call.ways[0].service, REFUSED)
    return REFUSED
