"""A change of our own template as somebody might propose it, and how it is told.

`python -m tests.diff.release` writes the golden files anew.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cicdgen.diff import Comparison, compare
from cicdgen.reports import diff, diff_json, diff_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).with_name("golden")
BEFORE = GOLDEN / "before.json"
"""The sample's production, as it once was: it need not follow the template."""


def change() -> Comparison:
    """What is proposed: some of it harmless, some not."""
    before = json.loads(BEFORE.read_text(encoding="utf-8"))
    after = deepcopy(before)
    resources: dict[str, Any] = after["Resources"]
    resources["Function"]["Properties"]["MemorySize"] = 1024
    resources["FunctionLog"]["Properties"]["RetentionInDays"] = 30
    resources["BuildLog"]["Properties"]["LogGroupName"] = "/shop-prod/builds"
    del resources["Notices1f9d1257"]
    resources["OnCall"] = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "Notices"},
            "Protocol": "email",
            "Endpoint": "shop@example.com",
        },
    }
    project = resources["TestProject"]["Properties"]
    project["ServiceRole"] = {"Fn::GetAtt": ["BuildRole", "Arn"]}
    project["Source"]["BuildSpec"] = project["Source"]["BuildSpec"].replace("set -e", "set -xe", 1)
    build = resources["BuildProject"]["Properties"]["Environment"]
    build["PrivilegedMode"] = True
    deployer = resources["DeployerPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    for statement in deployer:
        if statement["Sid"] == "ReadReleases":
            statement["Sid"] = "ReadBucket"
            statement["Resource"] = [{"Fn::Sub": "${ArtifactBucket.Arn}/*"}]
    notices = resources["NoticesPolicy"]["Properties"]["PolicyDocument"]
    notices["Statement"] = [
        {**each, "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}}
        if each["Sid"] == "PublishEvents"
        else each
        for each in notices["Statement"]
    ]
    hook = resources["HookPolicy"]["Properties"]["PolicyDocument"]
    hook["Statement"].reverse()
    block = resources["SourceBucket"]["Properties"]["PublicAccessBlockConfiguration"]
    block["BlockPublicPolicy"] = False
    after["Outputs"]["SourceKey"]["Description"] = "The object to upload"
    return compare(before, after)


TOLD: dict[str, Callable[[Comparison], str]] = {
    "change.txt": diff.text,
    "change.json": lambda found: diff_json.document({"prod": found}),
    "change.md": lambda found: diff_markdown.document({"prod": found}),
}


def main() -> None:
    """Write every golden file."""
    found = change()
    for name, tell in TOLD.items():
        (GOLDEN / name).write_text(tell(found), encoding="utf-8")


if __name__ == "__main__":
    main()
