"""Our own templates, of any config, have no flaw that any check of wiring or hardening knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given, settings
from tests.strategies import configs

from cicdgen import template
from cicdgen.cloudformation import Template, stacks
from cicdgen.proof import blast_radius, canary_seen, hardening, wiring
from cicdgen.proof.flaw import Flaw

if TYPE_CHECKING:
    from cicdgen.config.schema import Config

CHECKS = (*wiring.CHECKS, *hardening.CHECKS, canary_seen.CHECK, blast_radius.CHECK)


@settings(max_examples=60, deadline=None)
@given(config=configs())
def test_no_config_has_a_flaw(config: Config) -> None:
    """Whatever may be written in the config, nothing is wrong with what is rendered."""
    body = json.loads(template.render(config))
    flaws = [
        remark
        for stack in stacks(Template.read(body))
        for check in CHECKS
        for remark in check.run(stack)
        if isinstance(remark, Flaw)
    ]

    assert [] == flaws


def test_names_are_distinct() -> None:
    """A name is one check's."""
    names = [check.name for check in CHECKS]

    assert len(names) == len(set(names))
