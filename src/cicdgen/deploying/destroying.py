"""A stack, deleted: what goes, what stays because it is kept, what keeps it from going."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.aws import buckets, stacks
from cicdgen.aws.failing import CallError
from cicdgen.deploying import watching
from cicdgen.deploying.executing import failure
from cicdgen.deploying.happenings import Ended, Noted
from cicdgen.deploying.locating import locate
from cicdgen.deploying.states import Step, is_over, state_of
from cicdgen.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Resource, Stack
    from cicdgen.deploying.happenings import Observer, Target
    from cicdgen.deploying.locating import Address
    from cicdgen.deploying.watching import Watch

_BUCKET = "AWS::S3::Bucket"
_KEPT = frozenset({"Retain", "RetainExceptOnCreate"})
_GONE = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What deleting a stack comes to.

    Attributes:
        goes: what is deleted.
        kept: what stays because its deletion policy says so, or `--retain`.
        full: buckets that would be deleted if they were empty.
    """

    target: Target
    stack: Stack
    goes: tuple[Resource, ...] = ()
    kept: tuple[Resource, ...] = ()
    full: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """There is no stack to delete."""

    target: Target


def survey(
    caller: Caller, observe: Observer, address: Address, *, retain: Sequence[str] = ()
) -> Remains | Absent:
    """Look at every resource before anything is asked.

    Raises:
        RefusedError: the account is another, or an operation runs.
        UsageError: `retain` names what CloudFormation would not let stay.
    """
    target = locate(caller, address)
    observe(target)
    found = stacks.find(caller, address.stack)
    if found is None or found.status == "DELETE_COMPLETE":
        return Absent(target=target)
    state = state_of(found.status)
    if state.step is Step.WAIT and not is_over(found.status):
        raise RefusedError(
            f"the stack is in {state.status}: {state.means}",
            hint=state.then(address.options),
        )
    if retain and found.status != "DELETE_FAILED":
        raise UsageError(
            f"--retain is for a stack in DELETE_FAILED, and this is in {found.status}",
            hint="set the resource's DeletionPolicy and deploy that, or leave --retain out",
        )
    if found.status == "REVIEW_IN_PROGRESS":
        return Remains(target=target, stack=found)
    policies = _policies(caller, found)
    here = [each for each in stacks.resources(caller, found.id) if each.status not in _GONE]
    kept = [each for each in here if each.logical_id in retain or _is_kept(each, policies)]
    going = [each for each in here if each not in kept]
    full = [each for each in going if each.type == _BUCKET and not _is_empty(caller, each, observe)]
    return Remains(
        target=target,
        stack=found,
        goes=tuple(going),
        kept=tuple(kept),
        full=tuple(full),
    )


def _policies(caller: Caller, stack: Stack) -> Mapping[str, str]:
    from cicdgen.proof.reading import read  # noqa: PLC0415 - a proposed stack has no template

    body: dict[str, Any] = dict(read(stacks.template(caller, stack.id), stack.name).body)
    resources: dict[str, Any] = body.get("Resources") or {}
    return {name: str(each.get("DeletionPolicy", "Delete")) for name, each in resources.items()}


def _is_kept(each: Resource, policies: Mapping[str, str]) -> bool:
    """Whether it stays (AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy).

    RetainExceptOnCreate keeps what a stack had; of a creation that was undone nothing is left.
    """
    return policies.get(each.logical_id) in _KEPT and bool(each.physical_id)


def _is_empty(caller: Caller, each: Resource, observe: Observer) -> bool:
    try:
        return not each.physical_id or buckets.is_empty(caller, each.physical_id)
    except CallError as error:
        if error.code in {"NoSuchBucket", "404"}:
            return True
        if not error.is_denied:
            raise
        text = f"whether {each.physical_id} is empty is not known: {error.message}"
        observe(Noted(text=text, is_warning=True))
        return False


def destroy(
    caller: Caller,
    remains: Remains,
    how: Watch,
    observe: Observer,
    *,
    retain: Sequence[str] = (),
    role_arn: str | None = None,
) -> None:
    """Delete the stack: empty its buckets, lift its protection, delete it, watch that.

    Raises:
        AwsError: something could not be deleted; the message is about the first.
    """
    for bucket in remains.full:
        count = buckets.empty(caller, bucket.physical_id)
        observe(Noted(text=f"{bucket.physical_id}: {count} versions deleted"))
    since = watching.mark(caller, remains.stack.id)
    # At the last moment, so that whatever fails before leaves it on.
    if remains.stack.is_protected:
        stacks.protect(caller, remains.stack.id, on=False)
        observe(Noted(text="termination protection is off"))
    token = f"destroy-{uuid.uuid4().hex}"
    try:
        stacks.delete(caller, remains.stack.id, token, retain=retain, role_arn=role_arn)
    except CallError as error:
        if remains.stack.is_protected and error.is_denied:
            stacks.protect(caller, remains.stack.id, on=True)
            observe(Noted(text="termination protection is on again"))
        raise
    if remains.stack.status == "REVIEW_IN_PROGRESS":
        # It has no resources: it is gone at once, and leaves no events.
        observe(Ended(status="DELETE_COMPLETE"))
        return
    outcome = watching.watch(caller, remains.stack.id, since, len(remains.goes), how, observe)
    if outcome.stack.status != "DELETE_COMPLETE":
        raise failure(outcome, how.options)
    stays = tuple(f"{each.type} {each.physical_id}" for each in remains.kept)
    observe(Ended(status=outcome.stack.status, details=stays))


def refuse_protected(remains: Remains, *, is_allowed: bool) -> None:
    """Termination protection is a person's word: it takes another to lift it.

    Raises:
        RefusedError: nobody gave it.
    """
    if remains.stack.is_protected and not is_allowed:
        raise RefusedError(
            f"termination protection is on for {remains.stack.name}",
            hint="if that is meant: --allow unprotect",
        )


def refuse_full(remains: Remains, *, empties_buckets: bool) -> None:
    """CloudFormation deletes no bucket that is not empty: it is better said before.

    Raises:
        RefusedError: a bucket is full, and nobody said that it may be emptied.
    """
    if remains.full and not empties_buckets:
        names = ", ".join(f"{each.logical_id} ({each.physical_id})" for each in remains.full)
        raise RefusedError(
            f"not empty, so CloudFormation cannot delete it: {names}",
            hint="--empty-buckets deletes every version of every object in it",
        )
