"""How a stack is: asked, followed, and its outputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cicdgen.aws import stacks
from cicdgen.deploying import watching
from cicdgen.deploying.happenings import Ended, Noted
from cicdgen.deploying.locating import locate
from cicdgen.deploying.states import is_over, state_of
from cicdgen.errors import AwsError

if TYPE_CHECKING:
    from cicdgen.aws.calling import Caller
    from cicdgen.aws.stacks import Event, Stack
    from cicdgen.deploying.happenings import Observer, Target
    from cicdgen.deploying.locating import Address
    from cicdgen.deploying.states import State
    from cicdgen.deploying.watching import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How a stack is.

    Attributes:
        stack: None if there is none.
        options: what names it on a command line.
        first: what went wrong first in the operation that failed last, if one did.
    """

    target: Target
    stack: Stack | None
    options: str
    first: Event | None = None

    @property
    def state(self) -> State:
        """Its state."""
        return state_of(self.stack.status if self.stack else None)

    @property
    def is_failed(self) -> bool:
        """Whether it is not what its template says."""
        return self.state.is_failed

    @property
    def next(self) -> str:
        """What to do next."""
        return self.state.then(self.options)


def inquire(caller: Caller, observe: Observer, address: Address) -> Found:
    """How the stack is, and if it failed, by which resource."""
    target = locate(caller, address)
    observe(target)
    found = stacks.find(caller, address.stack)
    first = None
    if found is not None and (state_of(found.status).is_failed or "ROLLBACK" in found.status):
        _, events = watching.beginning(caller, found.id)
        first = watching.first_failure(events)
    return Found(target=target, stack=found, options=address.options, first=first)


def follow(caller: Caller, found: Found, how: Watch, observe: Observer) -> Found:
    """The last operation from its beginning, to its end if it still runs."""
    if found.stack is None:
        return found
    since, events = watching.beginning(caller, found.stack.id)
    if is_over(found.stack.status):
        watching.replay(events, observe)
        return found
    total = len({event.logical_id for event in events})
    outcome = watching.watch(caller, found.stack.id, since, total, how, observe)
    return replace(found, stack=outcome.stack, first=outcome.first)


def tell(found: Found, observe: Observer) -> None:
    """For machines: what a person reads in the report."""
    observe(Noted(text=f"{found.state.status}: {found.state.means}; {found.next}"))
    if found.stack is not None:
        observe(Ended(status=found.stack.status, outputs=found.stack.outputs))


def outputs(caller: Caller, address: Address) -> tuple[tuple[str, str], ...]:
    """The stack's outputs.

    Raises:
        AwsError: there is no such stack.
    """
    target = locate(caller, address)
    found = stacks.find(caller, address.stack)
    if found is None:
        raise AwsError(
            f"there is no stack {address.stack} in account {target.account}, {target.region}",
            hint=f"`cicdgen deploy {address.options}` makes it",
        )
    return found.outputs
