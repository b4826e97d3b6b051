"""A template as CDK writes it: a role for each action, wildcards, one key, joined ARNs."""

from __future__ import annotations

from typing import Any

Json = Any


def _service_role(*services: str) -> Json:
    return _trusting({"Service": list(services) if len(services) > 1 else services[0]})


def _trusting(principal: Json) -> Json:
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": principal}
    document = {"Statement": [statement], "Version": "2012-10-17"}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}


def _policy(role: str, *statements: Json) -> Json:
    return {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": f"{role}DefaultPolicy",
            "PolicyDocument": {"Statement": list(statements), "Version": "2012-10-17"},
            "Roles": [{"Ref": role}],
        },
    }


def _allow(action: Json, resource: Json) -> Json:
    return {"Action": action, "Effect": "Allow", "Resource": resource}


def _arn(logical_id: str) -> Json:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def _inside(logical_id: str) -> Json:
    return {"Fn::Join": ["", [_arn(logical_id), "/*"]]}


_ACCOUNT = {
    "AWS": {
        "Fn::Join": [
            "",
            ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"],
        ]
    }
}
_READ = ["s3:GetObject*", "s3:GetBucket*", "s3:List*"]
_WRITE = [
    "s3:DeleteObject*",
    "s3:PutObject",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:Abort*",
]
_USE_KEY = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
]
_STORE = [_arn("Artifacts"), _inside("Artifacts")]


def _action(name: str, kind: str, role: str, configuration: Json, **artifacts: str) -> Json:
    category, owner, provider = kind.split("/")
    return {
        "Name": name,
        "ActionTypeId": {
            "Category": category,
            "Owner": owner,
            "Provider": provider,
            "Version": "1",
        },
        "Configuration": configuration,
        "RoleArn": _arn(role),
        "RunOrder": 1,
        **{f"{key}Artifacts": [{"Name": value}] for key, value in artifacts.items()},
    }


BODY: Json = {
    "Resources": {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "EnableKeyRotation": True,
                "KeyPolicy": {
                    "Statement": [
                        {
                            "Action": "kms:*",
                            "Effect": "Allow",
                            "Principal": _ACCOUNT,
                            "Resource": "*",
                        }
                    ],
                    "Version": "2012-10-17",
                },
            },
        },
        "Artifacts": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "ServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": _arn("Key"),
                            }
                        }
                    ]
                }
            },
        },
        "PipelineRole": _service_role("codepipeline.amazonaws.com"),
        "PipelineRoleDefaultPolicy": _policy(
            "PipelineRole",
            _allow([*_READ, *_WRITE], _STORE),
            _allow(_USE_KEY, _arn("Key")),
            _allow("sts:AssumeRole", [_arn("SourceActionRole"), _arn("BuildActionRole")]),
        ),
        "SourceActionRole": _trusting(_ACCOUNT),
        "SourceActionRoleDefaultPolicy": _policy(
            "SourceActionRole",
            _allow("codestar-connections:UseConnection", {"Ref": "Connection"}),
            _allow([*_READ, *_WRITE], _STORE),
            _allow(_USE_KEY, _arn("Key")),
        ),
        "BuildActionRole": _trusting(_ACCOUNT),
        "BuildActionRoleDefaultPolicy": _policy(
            "BuildActionRole",
            _allow(
                ["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"],
                _arn("Project"),
            ),
        ),
        "Connection": {
            "Type": "AWS::CodeStarConnections::Connection",
            "Properties": {"ConnectionName": "github", "ProviderType": "GitHub"},
        },
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {
                "RoleArn": _arn("PipelineRole"),
                "ArtifactStore": {
                    "Type": "S3",
                    "Location": {"Ref": "Artifacts"},
                    "EncryptionKey": {"Id": _arn("Key"), "Type": "KMS"},
                },
                "Stages": [
                    {
                        "Name": "Source",
                        "Actions": [
                            _action(
                                "GitHub",
                                "Source/AWS/CodeStarSourceConnection",
                                "SourceActionRole",
                                {
                                    "ConnectionArn": {"Ref": "Connection"},
                                    "FullRepositoryId": "shop/shop",
                                    "BranchName": "main",
                                },
                                Output="Artifact_Source_GitHub",
                            )
                        ],
                    },
                    {
                        "Name": "Build",
                        "Actions": [
                            _action(
                                "Synth",
                                "Build/AWS/CodeBuild",
                                "BuildActionRole",
                                {"ProjectName": {"Ref": "Project"}},
                                Input="Artifact_Source_GitHub",
                                Output="Artifact_Build_Synth",
                            )
                        ],
                    },
                ],
            },
        },
        "ProjectRole": _service_role("codebuild.amazonaws.com"),
        "ProjectRoleDefaultPolicy": _policy(
            "ProjectRole",
            _allow(
                ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                [
                    {
                        "Fn::Join": [
                            "",
                            [
                                "arn:",
                                {"Ref": "AWS::Partition"},
                                ":logs:",
                                {"Ref": "AWS::Region"},
                                ":",
                                {"Ref": "AWS::AccountId"},
                                ":log-group:/aws/codebuild/",
                                {"Ref": "Project"},
                                end,
                            ],
                        ]
                    }
                    for end in ("", ":*")
                ],
            ),
            _allow([*_READ, *_WRITE], _STORE),
            _allow(_USE_KEY, _arn("Key")),
        ),
        "Project": {
            "Type": "AWS::CodeBuild::Project",
            "Properties": {
                "ServiceRole": _arn("ProjectRole"),
                "EncryptionKey": _arn("Key"),
                "Artifacts": {"Type": "CODEPIPELINE"},
                "Environment": {
                    "ComputeType": "BUILD_GENERAL1_SMALL",
                    "Image": "aws/codebuild/standard:7.0",
                    "Type": "LINUX_CONTAINER",
                },
                "Source": {
                    "Type": "CODEPIPELINE",
                    "BuildSpec": '{"version": 0.2, "phases": {"build": {"commands": ["npm t"]}}}',
                },
            },
        },
    }
}
