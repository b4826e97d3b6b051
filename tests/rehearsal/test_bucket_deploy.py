"""CodePipeline's own action that puts files into a bucket. Source: action-reference-S3Deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.rehearsal.others import (
    hooked,
)

if TYPE_CHECKING:
    from tests.rehearsal.others import Change, Json

    from cicdgen.rehearsal.record import Rehearsal


def _site(settings: dict[str, Json], grants: tuple[str, ...] = ("s3:*",)) -> Change:
    """Put the source's files into a bucket, as a role that may do this in that bucket."""

    def change(resources: dict[str, Json]) -> None:
        resources["Site"] = {"Type": "AWS::S3::Bucket"}
        site = {"Fn::Sub": "${Site.Arn}/*"}
        resources["SiteRole"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}},
                        "Action": "sts:AssumeRole",
                    },
                },
                "Policies": [
                    {
                        "PolicyName": "site",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {"Effect": "Allow", "Action": list(grants), "Resource": site},
                                {
                                    "Effect": "Allow",
                                    "Action": ["s3:Get*", "s3:List*"],
                                    "Resource": "*",
                                },
                            ],
                        },
                    }
                ],
            },
        }
        (policy,) = resources["Role"]["Properties"]["Policies"]
        policy["PolicyDocument"]["Statement"][0]["Action"].append("sts:AssumeRole")
        resources["Pipeline"]["Properties"]["Stages"].append(
            {
                "Name": "Site",
                "Actions": [
                    {
                        "Name": "Site",
                        "ActionTypeId": {
                            "Category": "Deploy",
                            "Owner": "AWS",
                            "Provider": "S3",
                            "Version": "1",
                        },
                        "RoleArn": {"Fn::GetAtt": ["SiteRole", "Arn"]},
                        "Configuration": {"BucketName": {"Ref": "Site"}, **settings},
                        "InputArtifacts": [{"Name": "Code"}],
                    }
                ],
            }
        )

    return change


def _put(rehearsal: Rehearsal) -> list[str]:
    """What the site's role put into its bucket."""
    return [c.resource for c in rehearsal.calls if (c.principal, c.action) == _PUT]


_PUT = ("SiteRole", "s3:PutObject")


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({"Extract": "true"}, ["Site/ci/build.yml"]),
        ({"Extract": False, "ObjectKey": "all.zip"}, ["Site/all.zip"]),
        ({"Extract": "false", "ObjectKey": "#{Commit.BranchName}.zip"}, ["Site/main.zip"]),
    ],
    ids=["the files", "the artifact", "a variable in its key"],
)
def test_files_are_put_into_a_bucket(settings: dict[str, Json], expected: list[str]) -> None:
    """Each as an object of its own, or all in one zip."""
    good = hooked(_site(settings))

    assert good.passed, good.causes
    assert expected == _put(good)


@pytest.mark.parametrize(
    "settings, grants, words",
    [
        ({"Extract": "true"}, ("s3:GetObject",), "SiteRole may not s3:PutObject on Site/ci/build"),
        (
            {"Extract": "true", "CannedACL": "public-read"},
            ("s3:PutObject",),
            "SiteRole may not s3:PutObjectAcl on Site/ci/build.yml",
        ),
        ({}, ("s3:*",), "the action Site has no Extract"),
        ({"Extract": "yes"}, ("s3:*",), "Extract is yes, and has to be true or false"),
        ({"Extract": "false"}, ("s3:*",), "without Extract it needs an ObjectKey"),
        (
            {"Extract": "true", "ObjectKey": "docs"},
            ("s3:*",),
            "Extract with the ObjectKey docs: AWS does not say",
        ),
    ],
    ids=["no grant", "no grant for the ACL", "no Extract", "a word", "no key", "a key too many"],
)
def test_files_that_do_not_get_there_say_why(
    settings: dict[str, Json], grants: tuple[str, ...], words: str
) -> None:
    """What the role lacks, or what the action is told."""
    found = hooked(_site(settings, grants))

    assert not found.passed
    assert any(words in cause for cause in found.causes), found.causes


def test_a_key_that_the_action_names_is_asked_for() -> None:
    """S3 asks KMS as whoever writes."""

    def change(resources: dict[str, Json]) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        resources["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
        key = {"Fn::GetAtt": ["Key", "Arn"]}
        _site({"Extract": "true", "KMSEncryptionKeyARN": key})(resources)

    found = hooked(change)

    assert "SiteRole may not kms:GenerateDataKey on Key" in found.causes[0]
