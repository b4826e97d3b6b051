"""Every physical name, in one place, and the room that each service leaves for it.

A name that another resource needs before its owner exists is spelt by both from here: that is
what keeps the template free of circles. Names that are global (S3) or shared by all regions of an
account (IAM) carry the region; S3 names carry the account as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cicdgen.config.schema import Config

ALIAS = "live"
PREFIX_ROOM = 25
"""Characters for `project-env`. The tightest name decides: an S3 bucket, 63 characters at most
(s3/bucketnamingrules), ends in `-artifacts-`, 12 of account, `-` and 14 of region."""

_ARTIFACT_PREFIX_CUT = 20
"""CodePipeline cuts the pipeline's name to this in object keys, and an artifact's name to
`_ARTIFACT_NAME_CUT` (lambda/services-codepipeline shows `invokeOutput` as `invokeOutp/`)."""

_ARTIFACT_NAME_CUT = 10

SOURCE_OUTPUT = "SourceOutput"
BUILD_OUTPUT = "BuildOutput"
SOURCE_ACTION = "Source"
TEST_REPORT = "tests"
RELEASES = "releases"


@dataclass(frozen=True, slots=True)
class Names:
    """The physical names of one environment, from its `project-env` prefix."""

    prefix: str

    @classmethod
    def of(cls, config: Config) -> Names:
        """The names of an environment."""
        return cls(f"{config.project}-{config.env}")

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

    def role(self, actor: str) -> str:
        """A role, as the text of an `Fn::Sub`: roles are shared by all regions of an account."""
        return f"{self.prefix}-{actor}-${{AWS::Region}}"

    def key_alias(self, key: str) -> str:
        """A KMS alias."""
        return f"alias/{self.part(key)}"

    def alarm(self, what: str) -> str:
        """An alarm. The slash keeps `shop-prod/*` from matching the alarms of `shop-prod-eu`."""
        return f"{self.prefix}/{what}"

    @staticmethod
    def function_log_group(function: str) -> str:
        """The log group in which Lambda writes unless told otherwise."""
        return f"/aws/lambda/{function}"

    @staticmethod
    def project_log_group(project: str) -> str:
        """The log group in which CodeBuild writes unless told otherwise."""
        return f"/aws/codebuild/{project}"

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
