"""Every state that a stack can be in, and what to do: one table for the code and for the docs.

Source of the states: AWSCloudFormation/latest/UserGuide/view-stack-events, and
AWSCloudFormation/latest/UserGuide/stack-failure-options for the failures that are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@unique
class Step(Enum):
    """What `deploy` does with a stack in this state."""

    CREATE = "makes it"
    UPDATE = "updates it"
    WAIT = "refuses: an operation runs"
    DELETE = "refuses: it has to be deleted first"
    RECOVER = "refuses: it has to be rolled back first"
    MEND = "refuses: it has to be mended first"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state.

    Attributes:
        status: CloudFormation's word.
        means: what has happened, in ours.
        step: what `deploy` does.
        next: what the person does next; `{options}` stands for those that name the stack.
        is_failed: whether "no changes" is no success, because the stack is not what its template
            says.
    """

    status: str
    means: str
    step: Step
    next: str
    is_failed: bool = False

    def then(self, options: str) -> str:
        """What the person does next, with the options that name the stack on a command line."""
        return self.next.format(options=options)


FOLLOW = "`cicdgen status --follow {options}` shows it to its end"
_DEPLOY = "`cicdgen deploy {options}`"
_DESTROY = (
    "`cicdgen destroy {options}` lists what is left and deletes it; then `cicdgen deploy {options}`"
)
_RECOVER = "mend what the first failed resource says, then `cicdgen deploy --recover {options}`"
_GO_ON = (
    "mend the cause, then `cicdgen deploy {options}` goes on from there; "
    "or `cicdgen deploy --recover {options}` goes back"
)

ABSENT = State(
    status="(none)", means="there is no stack of that name", step=Step.CREATE, next=_DEPLOY
)


def _state(status: str, means: str, step: Step, then: str, *, failed: bool = False) -> State:
    return State(status=status, means=means, step=step, next=then, is_failed=failed)


_TABLE = (
    _state(
        "REVIEW_IN_PROGRESS",
        "a change set was proposed and never executed; there are no resources",
        Step.CREATE,
        "`cicdgen deploy {options}` uses it; `cicdgen destroy {options}` removes it",
    ),
    _state("CREATE_IN_PROGRESS", "it is being made", Step.WAIT, FOLLOW),
    _state("CREATE_COMPLETE", "it is as its template says", Step.UPDATE, _DEPLOY),
    _state(
        "CREATE_FAILED",
        "making it failed, and what succeeded was kept",
        Step.UPDATE,
        _GO_ON,
        failed=True,
    ),
    _state("ROLLBACK_IN_PROGRESS", "making it failed, and is being undone", Step.WAIT, FOLLOW),
    _state(
        "ROLLBACK_COMPLETE",
        "making it failed and was undone; CloudFormation updates no such stack",
        Step.DELETE,
        _DESTROY,
        failed=True,
    ),
    _state(
        "ROLLBACK_FAILED",
        "making it failed, and so did undoing it; some resources are left",
        Step.DELETE,
        _DESTROY,
        failed=True,
    ),
    _state("UPDATE_IN_PROGRESS", "it is being updated", Step.WAIT, FOLLOW),
    _state(
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "the update succeeded, and what was replaced is being deleted",
        Step.WAIT,
        FOLLOW,
    ),
    _state("UPDATE_COMPLETE", "it is as its template says", Step.UPDATE, _DEPLOY),
    _state(
        "UPDATE_FAILED",
        "updating it failed, and what succeeded was kept",
        Step.UPDATE,
        _GO_ON,
        failed=True,
    ),
    _state(
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "updating it failed, and is being undone",
        Step.WAIT,
        FOLLOW,
    ),
    _state(
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "the update was undone, and what it had made is being deleted",
        Step.WAIT,
        FOLLOW,
    ),
    _state(
        "UPDATE_ROLLBACK_COMPLETE",
        "updating it failed and was undone; it is as its old template says",
        Step.UPDATE,
        "mend the cause, then `cicdgen deploy {options}`",
    ),
    _state(
        "UPDATE_ROLLBACK_FAILED",
        "updating it failed, and so did undoing it",
        Step.RECOVER,
        f"{_RECOVER}; `--skip ID` leaves a resource out that cannot be mended",
        failed=True,
    ),
    _state("DELETE_IN_PROGRESS", "it is being deleted", Step.WAIT, FOLLOW),
    _state(
        "DELETE_FAILED",
        "some of its resources could not be deleted",
        Step.DELETE,
        "`cicdgen destroy {options}` says why and tries again; `--empty-buckets` or `--retain ID` "
        "for what keeps it",
        failed=True,
    ),
    _state("DELETE_COMPLETE", "it was deleted", Step.CREATE, _DEPLOY),
    _state("IMPORT_IN_PROGRESS", "resources are being imported", Step.WAIT, FOLLOW),
    _state("IMPORT_COMPLETE", "it is as its template says", Step.UPDATE, _DEPLOY),
    _state("IMPORT_ROLLBACK_IN_PROGRESS", "an import is being undone", Step.WAIT, FOLLOW),
    _state(
        "IMPORT_ROLLBACK_FAILED",
        "an import failed, and so did undoing it",
        Step.MEND,
        "`cicdgen status {options}` shows the resource; mend it in the console, where the import "
        "began",
        failed=True,
    ),
    _state(
        "IMPORT_ROLLBACK_COMPLETE",
        "an import failed and was undone; it is as its old template says",
        Step.UPDATE,
        _DEPLOY,
    ),
)

STATES = {state.status: state for state in _TABLE}


def state_of(status: str | None) -> State:
    """The state by CloudFormation's word; None where there is no stack.

    A word that is not in the table is one that we do not know: whoever deploys waits.
    """
    if status is None:
        return ABSENT
    unknown = State(
        status=status,
        means="a state that this version does not know",
        step=Step.WAIT,
        next="`cicdgen status {options}` shows it; a newer cicdgen may know it",
        is_failed=True,
    )
    return STATES.get(status, unknown)


def is_over(status: str) -> bool:
    """Whether no operation runs any more."""
    return not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What can have happened to a run, and what the next one does about it."""

    what: str
    then: str


SITUATIONS = (
    Situation(
        what="an operation of somebody else runs",
        then="`deploy`, `apply` and `destroy` refuse, and name `cicdgen status --follow`",
    ),
    Situation(
        what="the plan expired, or its change set is gone or out of date",
        then="`apply` refuses, and says what moved; `cicdgen plan` makes a new one",
    ),
    Situation(
        what="the credentials ran out before the change set was executed",
        then="nothing is executed; the same command, after a login, takes the change set up again",
    ),
    Situation(
        what="the credentials ran out while the stack changed",
        then="the stack goes on by itself; `cicdgen status --follow` shows it to its end, and the "
        "next `deploy` switches on the protection that is missing",
    ),
    Situation(
        what="the process was killed before the change set was executed",
        then="the change set stays, named by its content; the same `deploy` takes it up again, and "
        "executing any other makes CloudFormation delete it",
    ),
    Situation(
        what="the process was killed after the change set was executed",
        then="the stack goes on by itself; `cicdgen status --follow` shows it to its end",
    ),
    Situation(
        what="the process was killed while buckets were emptied or the stack was deleted",
        then="`destroy` again: what is gone is gone, what is left is listed",
    ),
)
