"""What a rule says: to the person who meets it, and to the linter that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGES = "https://docs.aws.amazon.com"
_EXAMPLES = Path(__file__).parent / "examples"
# Where a guide of AWS's lies; a source is written as guide/page, as everywhere in this project.
_GUIDES = {
    "AmazonCloudWatch": "AmazonCloudWatch/latest/monitoring",
    "AmazonCloudWatchLogs": "AmazonCloudWatchLogs/latest/APIReference",
    "AmazonS3": "AmazonS3/latest/userguide",
    "AWSCloudFormation": "AWSCloudFormation/latest/UserGuide",
    "AWSSimpleQueueService": "AWSSimpleQueueService/latest/SQSDeveloperGuide",
    "IAM": "IAM/latest/UserGuide",
    "cloudformation": "AWSCloudFormation/latest/UserGuide",
    "codebuild": "codebuild/latest/userguide",
    "codedeploy": "codedeploy/latest/userguide",
    "codepipeline": "codepipeline/latest/userguide",
    "eventbridge": "eventbridge/latest/userguide",
    "kms": "kms/latest/developerguide",
    "lambda": "lambda/latest/dg",
    "s3": "AmazonS3/latest/userguide",
    "sns": "sns/latest/dg",
    "xray": "xray/latest/devguide",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: its texts, and the checks that feed it.

    Attributes:
        id: e.g. `E9505`; the letter says how bad it is, the number is never given to another.
        title: one line, what a good template does.
        why: what happens to who breaks it.
        fix: what to do.
        source: the AWS page that it rests on, as guide/page, or another page's address.
        checks: the names of the checks whose flaws it reports.
        failures: which of the twenty failures it is about.
        also: the other rules that its bad example trips, because what is wrong there is wrong
            in their eyes too.
    """

    id: str
    title: str
    why: str
    fix: str
    source: str
    checks: tuple[str, ...]
    failures: tuple[int, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def doubt(self) -> str:
        """The id under which it says that the template alone does not decide."""
        return f"I{self.id[1:]}"

    @property
    def page(self) -> str:
        """The address of its source."""
        return page_of(self.source)

    @property
    def has_examples(self) -> bool:
        """Whether a template can show it."""
        return (_EXAMPLES / self.id).is_dir()

    @property
    def before(self) -> str:
        """A template that trips it, as YAML."""
        return self._example("before")

    @property
    def after(self) -> str:
        """The same template, put right."""
        return self._example("after")

    def _example(self, name: str) -> str:
        return (_EXAMPLES / self.id / f"{name}.yaml").read_text(encoding="utf-8")


def page_of(source: str) -> str:
    """The address of an AWS page that is written as guide/page."""
    if source.startswith("https://"):
        return source
    guide, _, page = source.partition("/")
    return f"{PAGES}/{_GUIDES.get(guide, guide)}/{page}.html"
