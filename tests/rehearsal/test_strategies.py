"""Every way to shift traffic that CodeDeploy has is rehearsed to its end."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.configs import minimal_config
from tests.rehearsal.staging import REGION, rehearsed, wrong
from tests.strategies import configs

from cicdgen import template
from cicdgen.canary import SHIFTS
from cicdgen.rehearsal.scenarios import NAMES

if TYPE_CHECKING:
    from cicdgen.config.schema import Config

LONGEST = 30
"""Minutes. A longer shift takes seconds to rehearse: `make rehearse-any` has them all."""

EVERY = os.environ.get("REHEARSED_CONFIGS")
"""How many configs to draw, where somebody wants more than a few, and every way to shift."""

QUICK = [name for name, shift in SHIFTS.items() if EVERY or shift.window < LONGEST]


@pytest.mark.parametrize("name", QUICK)
def test_every_shift_ends_as_it_should(name: str) -> None:
    """All scenarios of a release that shifts so end as they should."""
    config = minimal_config(release={"deployment_config": name})

    rehearsals = rehearsed(json.loads(template.render(config)))

    assert {} == wrong(rehearsals)


@pytest.mark.parametrize("name", QUICK)
def test_a_shift_takes_the_time_that_its_name_says(name: str) -> None:
    """From the first traffic on the new version to the last, the window passes."""
    config = minimal_config(release={"deployment_config": name})
    (good,) = rehearsed(json.loads(template.render(config)), "good")
    moved = good.shifts[1:]

    assert SHIFTS[name].window == pytest.approx((moved[-1].at - moved[0].at) / 60)
    assert SHIFTS[name].share / 100 == pytest.approx(moved[0].weights["2"])


@given(configs())
@settings(
    max_examples=int(EVERY or 4),
    deadline=None,
    # To shrink a failure takes minutes, and says little.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_any_config_ends_as_it_should(config: Config) -> None:
    """Whatever a person may write, all scenarios end as they should."""
    chosen = NAMES if EVERY else ("good", "bad-canary", "failing-hook")
    rendered = json.loads(template.render(config))
    region = config.region or REGION
    rehearsals = rehearsed(rendered, *_possible(config, chosen), region=region)

    assert {} == wrong(rehearsals)


def _possible(config: Config, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name != "failing-hook" or config.release.hook]
