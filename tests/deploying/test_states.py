"""Every state of a stack has an answer."""

from __future__ import annotations

import re

import pytest
from botocore.loaders import Loader
from click.testing import CliRunner

from cicdgen.cli import cicdgen
from cicdgen.deploying.states import ABSENT, SITUATIONS, STATES, Step, is_over

_MODEL = Loader().load_service_model("cloudformation", "service-2")


def test_the_table_has_every_state_that_cloudformation_has() -> None:
    """No more and no fewer than botocore's model of it."""
    assert set(_MODEL["shapes"]["StackStatus"]["enum"]) == set(STATES)


@pytest.mark.parametrize("status", STATES)
def test_what_runs_is_waited_for_and_nothing_else(status: str) -> None:
    """An operation in progress takes no change set."""
    assert is_over(status) == (STATES[status].step is not Step.WAIT)


@pytest.mark.parametrize("status", STATES)
def test_a_failed_state_is_told_as_one(status: str) -> None:
    """By CloudFormation's own word, and a creation that was undone, which nothing can update."""
    expected = status.endswith("_FAILED") or status == "ROLLBACK_COMPLETE"

    assert expected == STATES[status].is_failed


@pytest.mark.parametrize("state", [ABSENT, *STATES.values()], ids=lambda state: state.status)
def test_the_next_step_is_a_command_that_exists(state: object) -> None:
    """With options that it has."""
    text = getattr(state, "next", "").format(options="--env dev")
    commands = re.findall(r"`cicdgen ([a-z]+)((?: --?[a-z-]+| [a-zA-Z]+)*)`", text)

    assert commands
    for name, options in commands:
        shown = CliRunner().invoke(cicdgen, [name, "--help"], obj={}).output
        for option in re.findall(r"--[a-z-]+", options):
            assert option in shown


def test_situations_name_what_happens() -> None:
    """Each has both halves."""
    assert all(each.what and each.then for each in SITUATIONS)
