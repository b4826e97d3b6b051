"""The union of all calls is the union of all grants, or the difference has its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.staging import body, changed, sample, staged

from cicdgen.rehearsal import matrix
from cicdgen.rehearsal.record import Permission

if TYPE_CHECKING:
    from cicdgen.rehearsal.stage import Stage

UNUSED = (
    ("for people, outside of a release", {"Administer"}),
    ("AWS lists it, and may not call it", {"ReadReleases", "ReadSource", "KeepArtifacts"}),
    ("AWS asks for it or for another", {"ReadArtifacts", "KeepArtifacts"}),
    (
        "no scenario comes to it",
        {
            "BatchGetDeployments",
            "DeliverAccessLogs",
            "EncryptDeadLetters",
            "EncryptLogs",
            "SendDeadLetters",
            "SendUndelivered",
        },
    ),
)
"""Why a grant that no scenario uses is there, and which grants that may be."""


def union(stage: Stage, *more: str) -> tuple[Permission, ...]:
    """The permissions of a template, over every scenario that it has."""
    chosen, _ = matrix.every(stage)
    return matrix.rehearse(stage, "prod", [*chosen, *more], sample()).permissions


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_every_grant_is_used_or_has_its_reason(env: str) -> None:
    """Nothing is granted of which nobody can say what it is for."""
    with staged(body(env)) as stage:
        found = union(stage)
    unexplained = [f"{p.statement} {p.action}" for p in found if not p.used_in and not p.because]

    assert [] == unexplained


def test_what_no_scenario_uses_is_what_we_think() -> None:
    """A grant that is new and not rehearsed has to be put into the table, with its reason."""
    allowed = dict(UNUSED)
    with staged(body("prod")) as stage:
        found = union(stage)
    unknown = {
        f"{p.statement} {p.action}: {p.because}"
        for p in found
        if not p.used_in
        and not any(
            p.because.startswith(reason)
            and (p.statement.partition(".")[2] in sids or p.action.partition(":")[2] in sids)
            for reason, sids in allowed.items()
        )
    }

    assert set() == unknown


def test_a_grant_in_excess_has_no_reason() -> None:
    """What is granted beyond what anybody needs is left without a use and without a reason."""
    template = changed(
        "prod",
        lambda r: r["BuildPolicy"]["Properties"]["PolicyDocument"]["Statement"].append(
            {
                "Sid": "Spare",
                "Effect": "Allow",
                "Action": ["lambda:DeleteFunction"],
                "Resource": [{"Fn::GetAtt": ["Function", "Arn"]}],
            }
        ),
    )
    with staged(template) as stage:
        found = union(stage)

    assert [
        Permission(
            holder="BuildRole",
            statement="BuildPolicy.Spare",
            action="lambda:DeleteFunction",
            used_in=(),
        )
    ] == [p for p in found if p.statement == "BuildPolicy.Spare"]


def test_the_release_path_is_used_by_the_release() -> None:
    """What the good release rests on is granted to whom it should be, statement by statement."""
    with staged(body("prod")) as stage:
        found = matrix.rehearse(stage, "prod", ["good"], sample()).permissions
    used = {(p.holder, p.statement.partition(".")[2]) for p in found if p.used_in}

    assert {
        ("BuildRole", "StoreReleases"),
        ("DeployerRole", "Deploy"),
        ("DeployerRole", "PublishVersion"),
        ("HookRole", "Report"),
        ("PipelineRole", "InvokeDeployer"),
        ("ReleaseRole", "MoveTraffic"),
        ("TriggerRole", "StartPipeline"),
    } <= used
