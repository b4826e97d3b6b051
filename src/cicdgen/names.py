"""Every physical name, in one place, and the room that each service leaves for it.

A name that another resource needs before its owner exists is spelt by both from here: that is
what keeps the template free of circles. Bucket names are global: they carry account and region.
Roles, whose names all regions of an account share, have none.
"""

from __future__ import annotations

from msgspec import Struct

ALIAS = "live"
PREFIX_ROOM = 25
"""Characters for `project-env`. The tightest name decides: an S3 bucket, 63 characters at most
(s3/bucketnamingrules), ends in `-artifacts-`, 12 of account, `-` and 14 of region."""

_LONGEST_REGION = 14
"""Characters. All regions of AWS keep to it but us-isof-south-1."""

_ARTIFACT_PREFIX_CUT = 20
"""CodePipeline cuts the pipeline's name to this in object keys, and an artifact's name to
`_ARTIFACT_NAME_CUT` (lambda/services-codepipeline shows `invokeOutput` as `invokeOutp/`)."""

_ARTIFACT_NAME_CUT = 10

SOURCE_OUTPUT = "SourceOutput"
BUILD_OUTPUT = "BuildOutput"
SOURCE_ACTION = "Source"
TEST_REPORT = "tests"
RELEASES = "releases"


def prefix_room(region: str | None) -> int:
    """Characters for `project-env` in a region, or anywhere but in the longest."""
    return PREFIX_ROOM - max(0, len(region or "") - _LONGEST_REGION)


class Names(Struct, frozen=True):
    """The physical names of one environment, from its `project-env` prefix."""

    prefix: str

    @property
    def function(self) -> str:
        """The function that the pipeline releases."""
        return self.prefix

    @property
    def alias(self) -> str:
        """The alias as a metric's `Resource` dimension has it (lambda/monitoring-metrics-view)."""
        return f"{self.function}:{ALIAS}"

    @property
    def application(self) -> str:
        """The CodeDeploy application; its deployment group is named as the alias."""
        return self.prefix

    @property
    def deployment_group(self) -> str:
        """The CodeDeploy deployment group."""
        return ALIAS

    def part(self, part: str) -> str:
        """A regional resource: a function, a project, the pipeline, a rule, a queue, the topic."""
        return f"{self.prefix}-{part}"

    @property
    def pipeline(self) -> str:
        """The pipeline."""
        return self.part("pipeline")

    def bucket(self, part: str) -> str:
        """A bucket, as the text of an `Fn::Sub`."""
        return f"{self.prefix}-{part}-${{AWS::AccountId}}-${{AWS::Region}}"

    def alarm(self, what: str) -> str:
        """An alarm. The slash keeps `shop-prod/*` from matching the alarms of `shop-prod-eu`."""
        return f"{self.prefix}/{what}"

    def log_group(self, actor: str) -> str:
        """An actor's log group. The slashes keep `/shop-prod/*` from matching `shop-prod-eu`'s."""
        return f"/{self.prefix}/{actor}"

    def artifact_keys(self, artifact: str) -> str:
        """The object keys under which CodePipeline keeps an artifact of this pipeline."""
        return f"{self.artifact_prefix}/{artifact[:_ARTIFACT_NAME_CUT]}/*"

    @property
    def artifact_prefix(self) -> str:
        """The first part of the key of everything that CodePipeline keeps for this pipeline."""
        return self.pipeline[:_ARTIFACT_PREFIX_CUT]

    @property
    def test_report_group(self) -> str:
        """The report group that CodeBuild makes for the test project's reports."""
        return f"{self.part('test')}-{TEST_REPORT}"
