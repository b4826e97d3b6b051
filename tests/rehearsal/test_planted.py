"""Failures that show at run time only, planted into what we render: the rehearsal names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.staging import changed, rehearsed, wrong
from tests.template.promises import PROMISES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.rehearsal.staging import Json


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A failure, where it shows, and words of its cause."""

    number: int
    scenario: str
    cause: str
    change: Callable[[dict[str, Json]], object] | None = None

    def plant(self, resources: dict[str, Json]) -> None:
        """Bring the failure back, as its promise breaks unless told otherwise."""
        own = next(promise.breaks for promise in PROMISES if promise.number == self.number)
        (self.change or own)(resources)


_ADMINISTER = "kms:Create* kms:Describe* kms:Enable* kms:List* kms:Put* kms:Update* kms:Revoke*"
_USE = "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt*"


def _seeds_key_policy(resources: dict[str, Json]) -> None:
    """The seed's own fix of failure 1: the account administers, services use."""
    services = ["s3.amazonaws.com", "codepipeline.amazonaws.com", "codebuild.amazonaws.com"]
    via = [{"Fn::Sub": name.replace(".a", ".${AWS::Region}.a", 1)} for name in services]
    resources["S3Key"]["Properties"]["KeyPolicy"]["Statement"] = [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            "Action": _ADMINISTER.split(),
            "Resource": "*",
        },
        {
            "Sid": "Allow services to use the key",
            "Effect": "Allow",
            "Principal": {"Service": services},
            "Action": _USE.split(),
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": via}},
        },
    ]


def _seeds_deploy_action(resources: dict[str, Json]) -> None:
    """Failure 9 as the seed has it: CodeDeploy's provider on a Lambda application."""
    action = resources["Pipeline"]["Properties"]["Stages"][-1]["Actions"][0]
    action["ActionTypeId"].update(Category="Deploy", Provider="CodeDeploy")
    action["Configuration"] = {
        "ApplicationName": {"Ref": "Application"},
        "DeploymentGroupName": {"Ref": "DeploymentGroup"},
    }


def _seeds_appspec(resources: dict[str, Json]) -> None:
    """Failures 3 and 16: the AppSpec's versions come from variables that nobody sets."""
    code = resources["Deployer"]["Properties"]["Code"]
    old = '"CurrentVersion": current'
    assert old in code["ZipFile"]
    new = '"CurrentVersion": environ.get("LAMBDA_CURRENT_VERSION", "")'
    code["ZipFile"] = code["ZipFile"].replace(old, new)


def _prefix_pattern(resources: dict[str, Json]) -> None:
    """Failure 13: a rule for keys that the source is none of."""
    pattern = resources["SourceRule"]["Properties"]["EventPattern"]
    pattern["detail"]["object"]["key"] = [{"prefix": "source/"}]


def _forgetful(resources: dict[str, Json]) -> None:
    """A deployer that does not look whether the version serves already."""
    code = resources["Deployer"]["Properties"]["Code"]
    assert "if target == current:" in code["ZipFile"]
    code["ZipFile"] = code["ZipFile"].replace("if target == current:", "if target is None:")


PLANTED = (
    Planted(
        number=1,
        scenario="good",
        cause="may not kms:GenerateDataKey on S3Key: not allowed by the key policy of S3Key",
        change=_seeds_key_policy,
    ),
    Planted(number=1, scenario="good", cause="kms:GenerateDataKey on S3Key"),
    Planted(number=3, scenario="good", cause="has no Python 3.8"),
    Planted(
        number=3,
        scenario="good",
        cause="CurrentVersion is '', and has to be a published version",
        change=_seeds_appspec,
    ),
    Planted(
        number=4,
        scenario="good",
        cause="BuildRole may not kms:Decrypt on S3Key: not allowed by the identity policies",
    ),
    Planted(
        number=6, scenario="bad-canary", cause="AutoRollbackConfiguration has no DEPLOYMENT_STOP_ON"
    ),
    Planted(number=7, scenario="good", cause="BuildRole may not logs:CreateLogStream"),
    Planted(
        number=9,
        scenario="good",
        cause="BundleType must be either YAML or JSON",
        change=_seeds_deploy_action,
    ),
    Planted(number=9, scenario="good", cause="deploys to servers only"),
    Planted(
        number=13, scenario="good", cause="events.amazonaws.com may not sts:AssumeRole on Pipeline"
    ),
    Planted(number=13, scenario="good", cause="no rule matches", change=_prefix_pattern),
    Planted(number=15, scenario="good", cause="not found: alias live of shop-prod"),
    Planted(
        number=16,
        scenario="good",
        cause="the AppSpec is refused: CurrentVersion",
        change=_seeds_appspec,
    ),
    Planted(
        number=16,
        scenario="replay",
        cause="there were 2 deployments of one release",
        change=_forgetful,
    ),
    Planted(
        number=17,
        scenario="bad-canary",
        cause="cloudwatch.amazonaws.com may not kms:GenerateDataKey on SnsKey",
    ),
    Planted(number=19, scenario="broken-build", cause="several lines and no set -e"),
)


@pytest.mark.parametrize("planted", PLANTED, ids=[f"{p.number}-{i}" for i, p in enumerate(PLANTED)])
def test_a_planted_failure_is_named(planted: Planted) -> None:
    """The rehearsal does not end as it should, and says what is the cause of it."""
    template = changed("prod", planted.plant)
    found = wrong(rehearsed(template, planted.scenario))

    assert {planted.scenario} == set(found)
    assert any(planted.cause in cause for cause in found[planted.scenario]), found


@pytest.mark.parametrize("number", [3, 4, 6, 9, 13, 15, 17, 19])
def test_a_failure_is_seen_without_knowing_where_to_look(number: int) -> None:
    """Whoever rehearses all scenarios needs not know which of them shows the failure."""
    own = next(promise for promise in PROMISES if promise.number == number)

    assert wrong(rehearsed(changed("prod", own.breaks)))
