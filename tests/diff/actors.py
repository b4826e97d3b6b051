"""Changes of what acts with which role, and of what grants without a policy: see `pairs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.diff.bodies import allow, document, resource, role, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.diff.bodies import Body

WEAK, STRONG = role(allow("s3:GetObject")), role(allow("*"))
PLACES = {
    # A type, and where it names its role.
    "AWS::IAM::InstanceProfile": "Roles[]",
    "AWS::Batch::JobDefinition": "JobRoleArn",
    "AWS::ApiGateway::Method": "Integration.Credentials",
    "AWS::AppRunner::Service": "InstanceConfiguration.InstanceRoleArn",
    "AWS::Cognito::IdentityPoolRoleAttachment": "Roles.authenticated",
    "AWS::EMR::Cluster": "JobFlowRole",
    "AWS::Redshift::Cluster": "IamRoles[]",
    "AWS::RolesAnywhere::Profile": "RoleArns[]",
    "AWS::SSM::Association": "Parameters.AutomationAssumeRole[]",
    "AWS::Scheduler::Schedule": "Target.RoleArn",
}


def _at(place: str, value: object) -> object:
    name, _, rest = place.partition(".")
    inner = _at(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}


def _acting(kind: str, acts: str) -> Body:
    named: Body = {"Ref": acts} if kind.startswith("AWS::IAM::") else {"Fn::GetAtt": [acts, "Arn"]}
    properties = _at(PLACES[kind], named)
    return template(Weak=WEAK, Strong=STRONG, Actor={"Type": kind, "Properties": properties})


def _instance(acts: str, data: str) -> Body:
    profile = resource("AWS::IAM::InstanceProfile", Roles=[{"Ref": acts}])
    named: Body = {"Ref": "Profile"} if acts == "Weak" else {"Ref": "Other"}
    properties: Body = {
        "instance": {"IamInstanceProfile": named},
        "template": {"LaunchTemplateData": {"IamInstanceProfile": {"Name": named}}},
    }[data]
    kind = "AWS::EC2::Instance" if data == "instance" else "AWS::EC2::LaunchTemplate"
    return template(
        Weak=WEAK,
        Strong=STRONG,
        Profile={**profile, "Properties": {"Roles": [{"Ref": "Weak"}]}},
        Other={**profile, "Properties": {"Roles": [{"Ref": "Strong"}]}},
        Actor={"Type": kind, "Properties": properties},
    )


def swapped() -> Iterator[tuple[str, Body, Body]]:
    """What acts with a role, and acts with a stronger one after."""
    for kind in PLACES:
        yield kind, _acting(kind, "Weak"), _acting(kind, "Strong")
    for data in ("instance", "template"):
        yield f"the profile of an {data}", _instance("Weak", data), _instance("Strong", data)


def _member(group: str) -> Body:
    reader = document(allow("s3:GetObject"))
    anything = document(allow("*"))
    return template(
        Reader=resource(
            "AWS::IAM::Group", Policies=[{"PolicyName": "p", "PolicyDocument": reader}]
        ),
        Anything=resource(
            "AWS::IAM::Group", Policies=[{"PolicyName": "p", "PolicyDocument": anything}]
        ),
        Actor=resource("AWS::IAM::User"),
        Membership=resource(
            "AWS::IAM::UserToGroupAddition", GroupName={"Ref": group}, Users=[{"Ref": "Actor"}]
        ),
    )


MEMBER = _member("Reader"), _member("Anything")
"""A user who is moved to a group that may do anything."""


def _one(kind: str, **properties: object) -> Body:
    return template(Weak=WEAK, Actor=resource(kind, **properties))


_URL = "https://s3.amazonaws.com/bucket/"
DOUBTFUL = {
    "another nested template": (
        _one("AWS::CloudFormation::Stack", TemplateURL=f"{_URL}a"),
        _one("AWS::CloudFormation::Stack", TemplateURL=f"{_URL}b"),
    ),
    "another parameter of a nested template": (
        _one("AWS::CloudFormation::Stack", TemplateURL=f"{_URL}a", Parameters={"Who": "x"}),
        _one("AWS::CloudFormation::Stack", TemplateURL=f"{_URL}a", Parameters={"Who": "*"}),
    ),
    "a set of stacks": (
        _one("AWS::CloudFormation::StackSet", TemplateURL=f"{_URL}a"),
        _one("AWS::CloudFormation::StackSet", TemplateURL=f"{_URL}b"),
    ),
    "an entry of a cluster": (
        _one("AWS::EKS::AccessEntry", PrincipalArn="arn:aws:iam::111122223333:role/a"),
        _one("AWS::EKS::AccessEntry", PrincipalArn="arn:aws:iam::111122223333:role/b"),
    ),
    "a layer for everybody": (
        _one("AWS::Lambda::LayerVersionPermission", Principal="111122223333"),
        _one("AWS::Lambda::LayerVersionPermission", Principal="*"),
    ),
    "guests of an identity pool": (
        _one("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False),
        _one("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=True),
    ),
    "another client of an identity provider": (
        _one("AWS::IAM::OIDCProvider", Url="https://idp", ClientIdList=["a"]),
        _one("AWS::IAM::OIDCProvider", Url="https://idp", ClientIdList=["a", "b"]),
    ),
}
"""What may permit more, and cannot be judged."""

HARMLESS = {
    "the time a nested stack may take": (
        _one("AWS::CloudFormation::Stack", TemplateURL=f"{_URL}a", TimeoutInMinutes=1),
        _one("AWS::CloudFormation::Stack", TemplateURL=f"{_URL}a", TimeoutInMinutes=2),
    ),
    "an identity provider's thumbprint": (
        _one("AWS::IAM::OIDCProvider", Url="https://idp", ThumbprintList=["a" * 40]),
        _one("AWS::IAM::OIDCProvider", Url="https://idp", ThumbprintList=["b" * 40]),
    ),
    "no guests any more": (
        _one("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=True),
        _one("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False),
    ),
    "a variable that is called so": (
        _one("AWS::Lambda::Function", Environment={"Variables": {"RoleArn": "a"}}),
        _one("AWS::Lambda::Function", Environment={"Variables": {"RoleArn": "b"}}),
    ),
    "a constant that is called so": (
        _one("AWS::RDS::DBProxyEndpoint", TargetRole="READ_ONLY"),
        _one("AWS::RDS::DBProxyEndpoint", TargetRole="READ_WRITE"),
    ),
}
"""What looks like it, and permits nobody more."""
