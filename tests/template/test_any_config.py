"""Any valid config renders what holds for the sample."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from tests.reading import Template, references
from tests.strategies import configs
from tests.template.promises import PROMISES

from cicdgen.canary import SHIFTS
from cicdgen.findings import Level
from cicdgen.lint import Linter
from cicdgen.template import render

if TYPE_CHECKING:
    from cicdgen.config.schema import Config

LINTED = int(os.environ.get("LINTED_CONFIGS", "6"))
"""cfn-lint takes a second for each."""

# What a buildspec of one's own does is its owner's matter: 3, 10, 16 and 19 are about ours.
_OURS = {promise.number for promise in PROMISES} - {3, 10, 16, 19}


@given(config=configs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_renders_and_keeps_the_promises(config: Config) -> None:
    """The template is JSON, refers to nothing that is not there, and keeps all twenty promises."""
    template = Template(render(config))
    known = set(template.resources)
    dangling = {
        target
        for resource in template.resources.values()
        for target in references(resource["Properties"])
        if not target.startswith("AWS::")
    } - known
    broken = [p.number for p in PROMISES if p.number in _OURS and not p.holds(template)]

    assert dangling == set()
    # What `deploy` sends holds all that it changes: docs/decisions/0006.
    assert {} == template.of_type("AWS::CloudFormation::Stack")
    assert broken == []


@given(config=configs())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_alarm_can_take_the_release_back(config: Config) -> None:
    """Wherever traffic moves in steps, a version that always fails is seen before the last one."""
    shift = SHIFTS[config.release.deployment_config]
    alarm = Template(render(config)).properties("RollbackAlarm")
    worst = alarm["DatapointsToAlarm"] + 3

    assert shift.window == 0 or worst < shift.window
    assert alarm["Threshold"] < shift.share


@pytest.fixture(scope="module")
def linter() -> Linter:
    """cfn-lint, loaded once."""
    return Linter()


@given(config=configs())
@settings(
    max_examples=LINTED,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_it_lints_clean(linter: Linter, config: Config) -> None:
    """Neither cfn-lint nor our own rules find anything, not even a hint, in the region it is for.

    A few configs here; `make any-config` lints two hundred.
    """
    regions = (config.region,) if config.region else ()
    findings = linter.lint_text(render(config), "any", regions)
    # A person may choose a runtime near its end; cfn-lint says so, and that is its job.
    # Whether anybody listens is not decided where nobody is named.
    beside = {"W2531"} | (set() if config.notifications.emails else {"I9505"})
    ours = [f for f in findings if f.rule not in beside and f.level >= Level.INFO]

    assert ours == [], json.dumps([f.message for f in ours])
