"""The operations of a stack: created, updated, rolled back, deleted, each as AWS's pages say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.fakes import cloudformation_template as templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.cloudformation_stack import ChangeSet, Stack

_CANCELLED = "Resource {} cancelled"


def create(stack: Stack, change_set: ChangeSet, *, keeps: bool) -> None:
    """CREATE_IN_PROGRESS, a resource at a time, CREATE_COMPLETE.

    UserGuide/stack-failure-options: on a failure everything is rolled back, or kept with
    DisableRollback and OnStackFailure=DO_NOTHING, or deleted with OnStackFailure=DELETE.
    """
    stack.take(change_set)
    stack.enter("CREATE_IN_PROGRESS", "User Initiated")
    steps: list[Callable[[], None]] = []
    for name, definition in stack.document["Resources"].items():
        if name in stack.troubles.create:
            fails = partial(_creation_fails, stack, change_set, name, definition, keeps=keeps)
            steps.append(fails)
            break
        steps.append(partial(stack.make, name, definition))
    else:
        steps.append(lambda: stack.enter("CREATE_COMPLETE"))
    stack.lay_out(steps)


def _creation_fails(
    stack: Stack, change_set: ChangeSet, name: str, definition: dict[str, Any], *, keeps: bool
) -> None:
    names = list(stack.document["Resources"])
    stack.event(name, "", definition["Type"], "CREATE_IN_PROGRESS")
    stack.fail(name, definition["Type"], "CREATE_FAILED", stack.troubles.create[name])
    for other in names[names.index(name) + 1 :][:1]:
        kind = stack.document["Resources"][other]["Type"]
        stack.fail(other, kind, "CREATE_FAILED", _CANCELLED.format("creation"))
    reason = f"The following resource(s) failed to create: [{name}]."
    if keeps or change_set.on_failure == "DO_NOTHING":
        stack.enter("CREATE_FAILED", reason)
        return
    deletes = change_set.on_failure == "DELETE"
    stack.enter("DELETE_IN_PROGRESS" if deletes else "ROLLBACK_IN_PROGRESS", reason)
    _delete_all(
        stack,
        end="DELETE_COMPLETE" if deletes else "ROLLBACK_COMPLETE",
        failed="DELETE_FAILED" if deletes else "ROLLBACK_FAILED",
        is_creation=True,
    )


def _delete_all(
    stack: Stack, *, end: str, failed: str, is_creation: bool, retain: tuple[str, ...] = ()
) -> None:
    """Delete what is there, the youngest first.

    TemplateReference/aws-attribute-deletionpolicy: Retain keeps it always, RetainExceptOnCreate
    not where its creation is undone.
    """
    left: list[str] = []
    kept = {"Retain"} if is_creation else {"Retain", "RetainExceptOnCreate"}

    def one(name: str) -> None:
        definition = stack.resources[name].definition
        keeps = definition.get("DeletionPolicy") in kept or name in retain
        trouble = stack.troubles.roll_back.get(name) if is_creation else None
        if trouble:
            stack.fail(name, definition["Type"], "DELETE_FAILED", trouble)
            left.append(name)
        elif not stack.remove(name, keeps=keeps):
            left.append(name)

    def last() -> None:
        if left:
            names = ", ".join(left)
            stack.enter(failed, f"The following resource(s) failed to delete: [{names}]. ")
        else:
            stack.enter(end)

    gone = {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    here = [name for name, each in stack.resources.items() if each.status not in gone]
    steps: list[Callable[[], None]] = [partial(one, name) for name in reversed(here)]
    stack.lay_out([*steps, last])


def update(stack: Stack, change_set: ChangeSet, *, keeps: bool) -> None:
    """UPDATE_IN_PROGRESS, each change, the clean-up of what was replaced, UPDATE_COMPLETE.

    UserGuide/using-cfn-updating-stacks-update-behaviors: a replacement is made first, and what it
    replaces is deleted in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS.
    """
    stack.take(change_set)
    stack.enter("UPDATE_IN_PROGRESS", "User Initiated")
    steps: list[Callable[[], None]] = []
    late: list[Callable[[], None]] = []
    for row in change_set.changes:
        name = row["LogicalResourceId"]
        trouble = stack.troubles.update.get(name)
        if stack.denies(name) and row["Action"] != "Add":
            trouble = "Action denied by stack policy: Statement [#1] does not allow [Update:*]"
        if trouble:
            steps.append(partial(_update_fails, stack, row, trouble, keeps=keeps))
            break
        if row["Action"] == "Remove":
            late.append(partial(_cleaned, stack, name))
        else:
            steps.append(partial(_changed, stack, row, late))
    else:
        steps.append(lambda: _clean_up(stack, late))
    stack.lay_out(steps)


def _changed(stack: Stack, row: dict[str, Any], late: list[Callable[[], None]]) -> None:
    name, kind = row["LogicalResourceId"], row["ResourceType"]
    definition = stack.document["Resources"][name]
    if row["Action"] in {"Add", "Import"}:
        stack.make(name, definition)
        return
    old = stack.resources[name]
    stack.event(name, old.physical, kind, "UPDATE_IN_PROGRESS")
    if row["Replacement"] == "True":
        action = row["PolicyAction"]
        stack.make(name, definition)
        late.append(lambda: _dropped(stack, name, kind, old.physical, action))
    stack.resources[name].definition = definition
    stack.resources[name].status = "UPDATE_COMPLETE"
    stack.event(name, stack.resources[name].physical, kind, "UPDATE_COMPLETE")


def _dropped(stack: Stack, name: str, kind: str, physical: str, action: str) -> None:
    status = "DELETE_SKIPPED" if action == "ReplaceAndRetain" else "DELETE_COMPLETE"
    stack.event(name, physical, kind, status)


def _cleaned(stack: Stack, name: str) -> None:
    """A failure to delete in the clean-up does not fail the update (UserGuide/troubleshooting)."""
    each = stack.resources[name]
    stack.remove(name, keeps=templates.policy_action(each.definition, "DeletionPolicy") == "Retain")
    stack.resources.pop(name)


def _clean_up(stack: Stack, late: list[Callable[[], None]]) -> None:
    stack.enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    stack.lay_out([*late, lambda: stack.enter("UPDATE_COMPLETE")], 0)


def _update_fails(stack: Stack, row: dict[str, Any], reason: str, *, keeps: bool) -> None:
    name = row["LogicalResourceId"]
    failed = "CREATE_FAILED" if row["Action"] == "Add" else "UPDATE_FAILED"
    stack.fail(name, row["ResourceType"], failed, reason)
    why = f"The following resource(s) failed to update: [{name}]. "
    if keeps:
        stack.enter("UPDATE_FAILED", why)
        return
    stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", why)
    _go_back(stack, skip=())


def _go_back(stack: Stack, skip: tuple[str, ...]) -> None:
    """UPDATE_ROLLBACK_COMPLETE, or UPDATE_ROLLBACK_FAILED.

    UserGuide/using-cfn-updating-stacks-continueupdaterollback.
    """
    trouble = {name: why for name, why in stack.troubles.roll_back.items() if name not in skip}
    if trouble:
        name, why = next(iter(trouble.items()))
        kind = stack.resources[name].type
        stack.lay_out(
            [
                lambda: stack.fail(name, kind, "UPDATE_FAILED", why),
                lambda: stack.enter(
                    "UPDATE_ROLLBACK_FAILED",
                    f"The following resource(s) failed to update: [{name}]. ",
                ),
            ]
        )
        return

    def undo() -> None:
        stack.give_back()
        old = stack.document["Resources"]
        for name in [name for name in stack.resources if name not in old]:
            stack.remove(name, keeps=False)
            stack.resources.pop(name)
        for name, each in stack.resources.items():
            if each.definition != old[name] or each.status == "UPDATE_FAILED":
                each.definition, each.status = old[name], "UPDATE_COMPLETE"
                stack.event(name, each.physical, each.type, "UPDATE_COMPLETE")

    stack.lay_out(
        [
            undo,
            lambda: stack.enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            lambda: stack.enter("UPDATE_ROLLBACK_COMPLETE"),
        ]
    )


def continue_rollback(stack: Stack, skip: tuple[str, ...]) -> None:
    """From UPDATE_ROLLBACK_FAILED (APIReference/API_ContinueUpdateRollback)."""
    stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    _go_back(stack, skip)


def roll_back(stack: Stack) -> None:
    """From CREATE_FAILED or UPDATE_FAILED.

    APIReference/API_RollbackStack: a stack without a stable state is deleted.
    """
    if stack.status == "CREATE_FAILED":
        stack.enter("DELETE_IN_PROGRESS", "User Initiated")
        _delete_all(stack, end="DELETE_COMPLETE", failed="DELETE_FAILED", is_creation=True)
        return
    stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    _go_back(stack, skip=())


def delete(stack: Stack, retain: tuple[str, ...]) -> None:
    """DELETE_IN_PROGRESS, a resource at a time, DELETE_COMPLETE or DELETE_FAILED."""
    stack.enter("DELETE_IN_PROGRESS", "User Initiated")
    _delete_all(
        stack, end="DELETE_COMPLETE", failed="DELETE_FAILED", is_creation=False, retain=retain
    )
