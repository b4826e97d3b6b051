"""Which policies a template hangs on which roles and users, however it is written."""

from __future__ import annotations

import pytest
from tests.iam.asking import allow, deny
from tests.iam.templates import BUCKET, HERE, ROLE, Json, ask, only_stack, policies_of, role_of

from cicdgen.cloudformation import EXAMPLE, SOMEWHERE, Template, Text, stacks
from cicdgen.iam import (
    ABSENT,
    Allowed,
    Denied,
    Request,
    RoleSession,
    Unknown,
    User,
    collect,
    decide,
)

READ = {"Version": "2012-10-17", "Statement": allow("s3:GetObject", "arn:aws:s3:::b/*")}
ATTACHED: dict[str, dict[str, Json]] = {
    "inline": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": READ}]},
        }
    },
    "policy": {
        "Role": ROLE,
        "P": {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyDocument": READ, "Roles": [{"Ref": "Role"}]},
        },
    },
    "policy of a named role": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}},
        "P": {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyDocument": READ, "Roles": ["r"]},
        },
    },
    "role policy": {
        "Role": ROLE,
        "P": {
            "Type": "AWS::IAM::RolePolicy",
            "Properties": {"PolicyDocument": READ, "RoleName": {"Ref": "Role"}},
        },
    },
    "managed policy, told by the role": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"ManagedPolicyArns": [{"Ref": "P"}]},
        },
        "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": READ}},
    },
    "managed policy, told by the policy": {
        "Role": ROLE,
        "P": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": READ, "Roles": [{"Fn::Sub": "${Role}"}]},
        },
    },
    "managed by AWS": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "ManagedPolicyArns": [
                    {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonS3ReadOnlyAccess"}
                ]
            },
        }
    },
}


@pytest.mark.parametrize("resources", ATTACHED.values(), ids=ATTACHED)
def test_a_policy_hangs_on_itsrole_of(resources: dict[str, Json]) -> None:
    """Inline or managed, told from either side: the role may read, and not write."""
    resources = {**resources, "Bucket": BUCKET}

    assert ask(resources) == "allowed"
    assert ask(resources, "s3:PutObject") == "denied"


@pytest.mark.parametrize("resources", ATTACHED.values(), ids=ATTACHED)
def test_a_policy_hangs_on_no_otherrole_of(resources: dict[str, Json]) -> None:
    """A role beside it has nothing."""
    resources = {**resources, "Bucket": BUCKET, "Other": ROLE}
    stack = only_stack(resources)
    other = RoleSession(stack.resources["Other"].arn)

    assert ask(resources, principal=other) == "denied"


def test_a_policy_of_some_imported_role_does_not_hang_on_a_generated_one() -> None:
    """A name that another stack exports is never a name that this stack generates."""
    resources = {
        "Role": ROLE,
        "Bucket": BUCKET,
        "P": {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyDocument": READ, "Roles": [{"Fn::ImportValue": "role"}]},
        },
    }

    assert ask(resources) == "denied"


def test_a_policy_of_a_role_named_by_a_parameter_may_hang_on_a_named_one() -> None:
    """A parameter may well be the name that the template gives: that is unknown."""
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}},
        "Bucket": BUCKET,
        "P": {
            "Type": "AWS::IAM::Policy",
            "Properties": {"PolicyDocument": READ, "Roles": [{"Ref": "Name"}]},
        },
    }
    template = Template.read({"Parameters": {"Name": {"Type": "String"}}, "Resources": resources})
    (stack,) = stacks(template, EXAMPLE)
    request = Request.of(
        RoleSession(stack.resources["Role"].arn), "s3:GetObject", "arn:aws:s3:::b/x"
    )
    answer = decide(request, collect(stack))

    assert isinstance(answer, Unknown)
    assert "may hang elsewhere" in answer.because[0]


def test_two_roles_of_a_stack_are_two_whatever_they_are_called() -> None:
    """Names that nobody knows are still names of different roles."""
    body: Json = {
        "Parameters": {"One": {"Type": "String"}, "Two": {"Type": "String"}},
        "Resources": {
            "Bucket": BUCKET,
            "Reader": {
                "Type": "AWS::IAM::Role",
                "Properties": {"RoleName": {"Ref": "One"}, "Policies": [{"PolicyDocument": READ}]},
            },
            "Other": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": "Two"}}},
        },
    }
    (stack,) = stacks(Template.read(body), EXAMPLE)
    answers = [
        decide(
            Request.of(RoleSession(stack.resources[name].arn), "s3:GetObject", "arn:aws:s3:::b/x"),
            collect(stack),
        )
        for name in ("Reader", "Other")
    ]

    assert [type(answer) for answer in answers] == [Allowed, Denied]


def test_users_have_the_policies_of_their_groups() -> None:
    """A group's policy is its members', however they are added."""
    resources = {
        "Bucket": BUCKET,
        "Group": {
            "Type": "AWS::IAM::Group",
            "Properties": {"Policies": [{"PolicyDocument": READ}]},
        },
        "In": {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Group"}]}},
        "Added": {"Type": "AWS::IAM::User"},
        "Out": {"Type": "AWS::IAM::User"},
        "Addition": {
            "Type": "AWS::IAM::UserToGroupAddition",
            "Properties": {"GroupName": {"Ref": "Group"}, "Users": [{"Ref": "Added"}]},
        },
    }
    stack = only_stack(resources)
    answers = {
        name: ask(resources, principal=User(stack.resources[name].arn))
        for name in ("In", "Added", "Out")
    }

    assert answers == {"In": "allowed", "Added": "allowed", "Out": "denied"}


def _bounded(boundary: Json) -> dict[str, Json]:
    properties = {"Policies": [{"PolicyDocument": READ}], "PermissionsBoundary": boundary}
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, "Bucket": BUCKET}


def test_a_boundary_limits() -> None:
    """A boundary of the template or of AWS limits; one that nobody knows makes it unknown."""
    only_sqs = {"Version": "2012-10-17", "Statement": [allow("sqs:*")]}
    own = _bounded({"Ref": "Limit"})
    own["Limit"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": only_sqs}}

    assert ask(own) == "denied"
    assert ask(_bounded("arn:aws:iam::aws:policy/PowerUserAccess")) == "allowed"
    assert ask(_bounded("arn:aws:iam::aws:policy/CloudWatchLogsFullAccess")) == "denied"
    assert ask(_bounded({"Ref": "Limit"})) == "unknown"
    assert ask(_bounded(f"arn:aws:iam::{HERE}:policy/company")) == "unknown"


def test_a_managed_policy_of_aws_that_is_not_known_allows_something_unknown() -> None:
    """It may allow what nothing else does; it is taken to deny nothing, and the answer says so."""
    properties = {
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSSomething"],
        "Policies": [{"PolicyDocument": READ}],
    }
    resources = {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, "Bucket": BUCKET}
    request = Request.of(role_of(resources), "s3:GetObject", "arn:aws:s3:::b/x")
    answer = decide(request, policies_of(resources))

    assert ask(resources, "s3:PutObject") == "unknown"
    assert isinstance(answer, Allowed)
    assert (
        "arn:aws:iam::aws:policy/AWSSomething denies nothing that is asked here" in answer.assuming
    )


def test_a_managed_policy_of_aws_whose_name_speaks_of_denying_may_deny() -> None:
    """What is allowed beside it is unknown."""
    properties = {
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSDenyAll"],
        "Policies": [{"PolicyDocument": READ}],
    }
    resources = {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, "Bucket": BUCKET}

    assert ask(resources) == "unknown"


def test_an_answer_about_a_resource_outside_rests_on_that() -> None:
    """An identity policy is enough for a foreign queue, if nothing there forbids; not for a key."""
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"Policies": [{"PolicyDocument": {**READ, "Statement": allow("*")}}]},
        }
    }
    key = f"arn:aws:kms:us-east-1:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    queue = f"arn:aws:sqs:us-east-1:{HERE}:q"
    answer = decide(
        Request.of(role_of(resources), "sqs:SendMessage", queue), policies_of(resources)
    )

    assert isinstance(answer, Allowed)
    assert f"what hangs on {queue} outside the template forbids nothing" in answer.assuming
    assert ask(resources, "kms:Decrypt", key) == "unknown"
    assert ask({"Role": ROLE}, "sqs:SendMessage", queue) == "unknown"
    assert (
        ask(
            {"Role": ROLE},
            "codepipeline:StartPipelineExecution",
            f"arn:aws:codepipeline:r:{HERE}:p",
        )
        == "denied"
    )


def test_a_role_outside_has_policies_that_nobody_knows() -> None:
    """Nothing is known of it but what a caller adds."""
    policies = policies_of({"Bucket": BUCKET})
    arn = Text(f"arn:aws:iam::{HERE}:role/person")
    request = Request.of(RoleSession(arn), "s3:GetObject", "arn:aws:s3:::b/x", unmentioned=ABSENT)
    known = policies.granting(arn, [d.document for d in policies_of(ATTACHED["inline"]).identity])

    assert isinstance(decide(request, policies), Unknown)
    assert isinstance(decide(request, known), Allowed)


def test_a_macro_is_an_assumption() -> None:
    """What a macro may add is not seen, and each answer says so."""
    stack, *_ = stacks(
        Template.read({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Role": ROLE}})
    )
    request = Request.of(RoleSession(stack.resources["Role"].arn), "xray:PutTraceSegments", "*")
    answer = decide(request, collect(stack))

    assert isinstance(answer, Denied)
    assert "the macro AWS::Serverless-2016-10-31 adds no policy and changes none" in answer.assuming


def test_an_account_that_is_not_known_is_still_one_account() -> None:
    """Without any sample values, roles, keys and buckets of the stack are in one account."""
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Policies": [
                    {
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                allow("s3:GetObject", {"Fn::Sub": "${Bucket.Arn}/*"}),
                                allow("kms:Decrypt", {"Fn::GetAtt": ["Key", "Arn"]}),
                            ],
                        }
                    }
                ]
            },
        },
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "KeyPolicy": {
                    "Statement": [
                        allow(
                            "kms:*",
                            principal={
                                "AWS": {
                                    "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
                                }
                            },
                        )
                    ]
                }
            },
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Statement": [
                        deny(
                            "s3:*",
                            {"Fn::Sub": "${Bucket.Arn}/*"},
                            {"Bool": {"aws:SecureTransport": False}},
                            principal="*",
                        )
                    ]
                },
            },
        },
    }
    (stack,) = stacks(Template.read({"Resources": resources}), SOMEWHERE)
    policies = collect(stack)
    role = RoleSession(stack.resources["Role"].arn)
    bucket, key = stack.resources["Bucket"].arn + "/x", stack.resources["Key"].arn
    over_tls = {"aws:SecureTransport": True}

    assert isinstance(decide(Request.of(role, "s3:GetObject", bucket, over_tls), policies), Allowed)
    assert isinstance(decide(Request.of(role, "s3:GetObject", bucket), policies), Unknown)
    assert isinstance(decide(Request.of(role, "kms:Decrypt", key), policies), Allowed)
    assert isinstance(decide(Request.of(role, "kms:Encrypt", key), policies), Denied)
