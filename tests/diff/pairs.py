"""Changes of permissions with the verdict that each must get."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.diff.bodies import (
    ADMIN,
    BUCKET,
    CLOSED,
    EVENTS,
    ROOT,
    TLS,
    allow,
    bucket,
    deny,
    document,
    given,
    key,
    resource,
    role,
    template,
    trust,
    when,
    with_bucket,
    with_role,
)

from cicdgen.diff import Width

if TYPE_CHECKING:
    from tests.diff.bodies import Body


class Pair(NamedTuple):
    """A change, whom it is about, and the verdict."""

    what: str
    before: Body
    after: Body
    width: Width
    subject: str = "Role"


SAME, NARROWER, BROADER, BOTH, UNKNOWN = (
    Width.SAME,
    Width.NARROWER,
    Width.BROADER,
    Width.BOTH,
    Width.UNKNOWN,
)

_GET = allow("s3:GetObject", f"{BUCKET}/*")
_PUT = allow("s3:PutObject", f"{BUCKET}/*")
_ORG = when("StringEquals", "aws:PrincipalOrgID", "o-1")
_VPC = when("StringEquals", "aws:SourceVpce", "vpce-1")


def _with_policy(kind: str, *statements: Body, **more: object) -> Body:
    """A role, and a policy in a resource of its own."""
    name = {} if kind == "AWS::IAM::ManagedPolicy" else {"PolicyName": "Own"}
    hung: Body = {"RoleName": {"Ref": "Role"}} if kind.endswith("RolePolicy") else {}
    hung = hung or {"Roles": [{"Ref": "Role"}]}
    policy = resource(kind, **{**name, **hung, "PolicyDocument": document(*statements), **more})
    return template(Role=role(), Policy=policy)


def _bounded(*statements: Body, by: tuple[Body, ...]) -> Body:
    limit = resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(*by))
    bound = role(*statements, PermissionsBoundary={"Ref": "Limit"})
    return template(Role=bound, Limit=limit)


def _project(acts: str, **environment: object) -> Body:
    project = resource(
        "AWS::CodeBuild::Project",
        Name="builds",
        ServiceRole={"Fn::GetAtt": [acts, "Arn"]},
        Environment={"Type": "LINUX_CONTAINER", "Image": "x", **environment},
    )
    return template(Weak=role(_GET), Strong=role(_GET, allow("iam:*")), Project=project)


def _parameter(default: str) -> Body:
    body = with_role(allow("s3:GetObject", {"Fn::Sub": "arn:aws:s3:::${Which}"}))
    return {"Parameters": {"Which": {"Type": "String", "Default": default}}, **body}


def _function(*permissions: Body, **url: object) -> Body:
    function = resource("AWS::Lambda::Function", FunctionName="f", Role="arn:aws:iam::1:role/r")
    urls = {"Url": resource("AWS::Lambda::Url", TargetFunctionArn="f", **url)} if url else {}
    more = {
        f"Permission{number}": resource("AWS::Lambda::Permission", FunctionName="f", **each)
        for number, each in enumerate(permissions)
    }
    return template(Function=function, **urls, **more)


def _topic(*statements: Body) -> Body:
    topic = resource("AWS::SNS::Topic", TopicName="t")
    policy = resource(
        "AWS::SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=document(*statements)
    )
    return template(Topic=topic, Policy=policy)


def _queue(*statements: Body) -> Body:
    queue = resource("AWS::SQS::Queue", QueueName="q")
    policy = resource(
        "AWS::SQS::QueuePolicy", Queues=[{"Ref": "Queue"}], PolicyDocument=document(*statements)
    )
    return template(Queue=queue, Policy=policy)


_GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
_EVENTS_INVOKE = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
_URL_FOR_ALL = {
    "Action": "lambda:InvokeFunctionUrl",
    "Principal": "*",
    "FunctionUrlAuthType": "NONE",
}

# Changes that a comparison of statements by their text gets wrong come first.
IDENTITIES = (
    Pair(
        "s3:* to one action", with_role(allow("s3:*")), with_role(allow("s3:GetObject")), NARROWER
    ),
    Pair("* to one bucket", with_role(allow("s3:GetObject")), with_role(_GET), NARROWER),
    Pair("an added condition", with_role(_GET), with_role({**_GET, **_VPC}), NARROWER),
    Pair(
        "a split statement",
        with_role(allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/*")),
        with_role(_GET, _PUT),
        SAME,
    ),
    Pair("a renamed Sid", with_role({**_GET, "Sid": "A"}), with_role({**_GET, "Sid": "B"}), SAME),
    Pair("a redundant statement", with_role(allow("s3:*")), with_role(allow("s3:*"), _GET), SAME),
    Pair("statements in another order", with_role(_GET, _PUT), with_role(_PUT, _GET), SAME),
    Pair(
        "a string for a list",
        with_role(allow(["s3:GetObject"], [BUCKET + "/*"])),
        with_role(_GET),
        SAME,
    ),
    Pair(
        "the case of an action",
        with_role(_GET),
        with_role(allow("S3:getobject", f"{BUCKET}/*")),
        SAME,
    ),
    Pair("an added action", with_role(_GET), with_role(_GET, _PUT), BROADER),
    Pair("one action to s3:*", with_role(_GET), with_role(allow("s3:*", f"{BUCKET}/*")), BROADER),
    Pair("one bucket to *", with_role(_GET), with_role(allow("s3:GetObject")), BROADER),
    Pair("a condition dropped", with_role({**_GET, **_VPC}), with_role(_GET), BROADER),
    Pair(
        "a Deny dropped",
        with_role(allow("s3:*"), deny("s3:DeleteObject")),
        with_role(allow("s3:*")),
        BROADER,
    ),
    Pair(
        "a Deny added",
        with_role(allow("s3:*")),
        with_role(allow("s3:*"), deny("s3:DeleteObject")),
        NARROWER,
    ),
    Pair("a Deny of what nobody allows", with_role(_GET), with_role(_GET, deny("ec2:*")), SAME),
    Pair("one action for another", with_role(_GET), with_role(_PUT), BOTH),
    Pair(
        "one bucket for another",
        with_role(_GET),
        with_role(allow("s3:GetObject", "arn:aws:s3:::other/*")),
        BOTH,
    ),
    Pair(
        "a prefix widened",
        with_role(allow("s3:GetObject", f"{BUCKET}/a/b/*")),
        with_role(allow("s3:GetObject", f"{BUCKET}/a/*")),
        BROADER,
    ),
    Pair(
        "a prefix narrowed",
        with_role(_GET),
        with_role(allow("s3:GetObject", f"{BUCKET}/a/*")),
        NARROWER,
    ),
    Pair(
        "Action to NotAction",
        with_role(_GET),
        with_role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        BROADER,
    ),
    Pair(
        "NotAction that leaves out more",
        with_role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        with_role({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
        NARROWER,
    ),
    Pair(
        "NotAction that leaves out less",
        with_role({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
        with_role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        BROADER,
    ),
    Pair(
        "NotResource that leaves out less",
        with_role(
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "NotResource": [BUCKET + "/*", "arn:aws:s3:::secret/*"],
            }
        ),
        with_role({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": BUCKET + "/*"}),
        BROADER,
    ),
    Pair(
        "a wider value of a condition",
        with_role({**_GET, **when("StringLike", "aws:PrincipalTag/team", "a*")}),
        with_role({**_GET, **when("StringLike", "aws:PrincipalTag/team", "*")}),
        BROADER,
    ),
    Pair(
        "one value more",
        with_role({**_GET, **when("StringEquals", "aws:SourceVpce", "v1")}),
        with_role({**_GET, **when("StringEquals", "aws:SourceVpce", "v1", "v2")}),
        BROADER,
    ),
    Pair(
        "one value less",
        with_role({**_GET, **when("StringEquals", "aws:SourceVpce", "v1", "v2")}),
        with_role({**_GET, **when("StringEquals", "aws:SourceVpce", "v1")}),
        NARROWER,
    ),
    Pair(
        "values in two statements",
        with_role({**_GET, **when("StringEquals", "aws:SourceVpce", "v1", "v2")}),
        with_role(
            {**_GET, **when("StringEquals", "aws:SourceVpce", "v1")},
            {**_GET, **when("StringEquals", "aws:SourceVpce", "v2")},
        ),
        SAME,
    ),
    Pair(
        "StringLike without wildcards",
        with_role({**_GET, **_VPC}),
        with_role({**_GET, **when("StringLike", "aws:SourceVpce", "vpce-1")}),
        SAME,
    ),
    Pair(
        "IfExists",
        with_role({**_GET, **_VPC}),
        with_role({**_GET, **when("StringEqualsIfExists", "aws:SourceVpce", "vpce-1")}),
        BROADER,
    ),
    Pair(
        "a network narrowed",
        with_role({**_GET, **when("IpAddress", "aws:SourceIp", "10.0.0.0/8")}),
        with_role({**_GET, **when("IpAddress", "aws:SourceIp", "10.1.0.0/16")}),
        NARROWER,
    ),
    Pair(
        "a network widened",
        with_role({**_GET, **when("IpAddress", "aws:SourceIp", "10.1.0.0/16")}),
        with_role({**_GET, **when("IpAddress", "aws:SourceIp", "10.0.0.0/8")}),
        BROADER,
    ),
    Pair(
        "an age shortened",
        with_role({**_GET, **when("NumericLessThan", "aws:MultiFactorAuthAge", "3600")}),
        with_role({**_GET, **when("NumericLessThan", "aws:MultiFactorAuthAge", "60")}),
        NARROWER,
    ),
    Pair(
        "an age lengthened",
        with_role({**_GET, **when("NumericLessThan", "aws:MultiFactorAuthAge", "60")}),
        with_role({**_GET, **when("NumericLessThan", "aws:MultiFactorAuthAge", "3600")}),
        BROADER,
    ),
    Pair(
        "a Deny that has an exception",
        with_role(allow("s3:*"), deny("s3:DeleteObject")),
        with_role(
            allow("s3:*"),
            deny("s3:DeleteObject", **when("StringNotEquals", "aws:SourceVpce", "vpce-1")),
        ),
        BROADER,
    ),
    Pair(
        "a boundary removed", _bounded(allow("s3:*"), by=(_GET,)), with_role(allow("s3:*")), BROADER
    ),
    Pair(
        "a boundary loosened",
        _bounded(allow("s3:*"), by=(_GET,)),
        _bounded(allow("s3:*"), by=(_GET, _PUT)),
        BROADER,
    ),
    Pair(
        "a boundary added", with_role(allow("s3:*")), _bounded(allow("s3:*"), by=(_GET,)), NARROWER
    ),
    Pair(
        "a boundary that allows all the role may",
        with_role(_GET),
        _bounded(_GET, by=(allow("s3:*"),)),
        SAME,
    ),
    Pair(
        "a boundary of another template",
        with_role(_GET, PermissionsBoundary="arn:aws:iam::111122223333:policy/limit"),
        with_role(_GET),
        UNKNOWN,
    ),
    Pair(
        "more within a boundary of another template",
        with_role(_GET, PermissionsBoundary="arn:aws:iam::111122223333:policy/limit"),
        with_role(_GET, _PUT, PermissionsBoundary="arn:aws:iam::111122223333:policy/limit"),
        UNKNOWN,
    ),
    Pair(
        "less within a boundary of another template",
        with_role(_GET, _PUT, PermissionsBoundary="arn:aws:iam::111122223333:policy/limit"),
        with_role(_GET, PermissionsBoundary="arn:aws:iam::111122223333:policy/limit"),
        NARROWER,
    ),
    Pair("a RolePolicy added", with_role(), _with_policy("AWS::IAM::RolePolicy", _GET), BROADER),
    Pair(
        "a RolePolicy widened",
        _with_policy("AWS::IAM::RolePolicy", _GET),
        _with_policy("AWS::IAM::RolePolicy", allow("*")),
        BROADER,
    ),
    Pair(
        "a managed policy widened",
        _with_policy("AWS::IAM::ManagedPolicy", _GET),
        _with_policy("AWS::IAM::ManagedPolicy", _GET, _PUT),
        BROADER,
    ),
    Pair(
        "inline to a resource of its own",
        with_role(_GET),
        _with_policy("AWS::IAM::Policy", _GET),
        SAME,
    ),
    Pair("inline to managed", with_role(_GET), _with_policy("AWS::IAM::ManagedPolicy", _GET), SAME),
    Pair(
        "administrator",
        with_role(_GET),
        with_role(_GET, ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
        BROADER,
    ),
    Pair(
        "administrator no more",
        with_role(_GET, ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
        with_role(_GET),
        NARROWER,
    ),
    Pair(
        "an AWS policy that is not known",
        with_role(_GET),
        with_role(_GET, ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonMQFullAccess"]),
        UNKNOWN,
    ),
    Pair(
        "less beside an AWS policy that is not known",
        with_role(_GET, _PUT, ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonMQFullAccess"]),
        with_role(_GET, ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonMQFullAccess"]),
        NARROWER,
    ),
    Pair(
        "a policy of another template",
        with_role(_GET),
        with_role(_GET, ManagedPolicyArns=["arn:aws:iam::111122223333:policy/more"]),
        UNKNOWN,
    ),
    Pair("a parameter's default widened", _parameter("data/*"), _parameter("*"), BROADER),
    Pair("a parameter's default narrowed", _parameter("*"), _parameter("data/*"), NARROWER),
    Pair("a new role", template(Other=role()), template(Other=role(), Role=role(_GET)), BROADER),
    Pair("another logical id", template(Old=role(_GET)), template(Role=role(_GET)), SAME),
    Pair(
        "the same ARN in another function",
        with_role(
            allow(
                "s3:GetObject",
                {"Fn::Join": ["", ["arn:aws:s3:::data-", {"Ref": "AWS::Region"}, "/*"]]},
            )
        ),
        with_role(
            {
                **allow("s3:GetObject", {"Fn::Sub": "arn:aws:s3:::data-${AWS::Region}/*"}),
                "Sid": "Read",
            }
        ),
        SAME,
    ),
    Pair(
        "policy variables",
        with_role(allow("s3:GetObject", f"{BUCKET}/${{aws:PrincipalTag/t}}/*")),
        with_role(_GET),
        BROADER,
    ),
    Pair(
        "a trust policy that lost its condition",
        with_role(
            AssumeRolePolicyDocument=trust(
                **when("StringEquals", "aws:SourceAccount", "111122223333")
            )
        ),
        with_role(),
        BROADER,
    ),
    Pair(
        "a trust policy with a condition",
        with_role(),
        with_role(
            AssumeRolePolicyDocument=trust(
                **when("StringEquals", "aws:SourceAccount", "111122223333")
            )
        ),
        NARROWER,
    ),
    Pair(
        "another service is trusted",
        with_role(),
        with_role(AssumeRolePolicyDocument=trust("ec2.amazonaws.com")),
        BOTH,
    ),
    Pair(
        "another account is trusted",
        with_role(),
        with_role(
            AssumeRolePolicyDocument=document(
                *trust()["Statement"],
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "444455556666"},
                    "Action": "sts:AssumeRole",
                },
            )
        ),
        BROADER,
    ),
    Pair(
        "OIDC from one repository to all",
        with_role(
            AssumeRolePolicyDocument=document(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": _GITHUB},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    **when(
                        "StringLike", "token.actions.githubusercontent.com:sub", "repo:me/shop:*"
                    ),
                }
            )
        ),
        with_role(
            AssumeRolePolicyDocument=document(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": _GITHUB},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    **when("StringLike", "token.actions.githubusercontent.com:sub", "repo:*"),
                }
            )
        ),
        BROADER,
    ),
    Pair(
        "less of one and more of another",
        with_role(allow("s3:*")),
        with_role(_GET, allow("sqs:SendMessage", "arn:aws:sqs:*:*:q")),
        BOTH,
    ),
    Pair(
        "a statement that is malformed",
        with_role(_GET),
        with_role(_GET, {"Effect": "Allow", "Actions": "s3:*", "Resource": "*"}),
        UNKNOWN,
    ),
)

RESOURCES = (
    Pair(
        "a public access block dropped",
        with_bucket(TLS, PublicAccessBlockConfiguration=CLOSED),
        with_bucket(TLS),
        BROADER,
        "Bucket",
    ),
    Pair(
        "one switch of the block off",
        with_bucket(TLS, PublicAccessBlockConfiguration=CLOSED),
        with_bucket(TLS, PublicAccessBlockConfiguration={**CLOSED, "BlockPublicPolicy": False}),
        BROADER,
        "Bucket",
    ),
    Pair(
        "a public access block",
        with_bucket(TLS),
        with_bucket(TLS, PublicAccessBlockConfiguration=CLOSED),
        NARROWER,
        "Bucket",
    ),
    Pair(
        "everyone may read", with_bucket(TLS), with_bucket(TLS, given(_GET, "*")), BROADER, "Bucket"
    ),
    Pair(
        "the refusal of plain HTTP dropped",
        with_bucket(TLS, given(_GET, {"AWS": "444455556666"})),
        with_bucket(given(_GET, {"AWS": "444455556666"})),
        BROADER,
        "Bucket",
    ),
    Pair(
        "the bucket's policy deleted",
        with_bucket(TLS),
        template(Bucket=bucket()),
        BROADER,
        "Bucket",
    ),
    Pair(
        "an organization asked for",
        with_bucket(given(_GET, "*")),
        with_bucket(given({**_GET, **_ORG}, "*")),
        NARROWER,
        "Bucket",
    ),
    Pair(
        "a principal more",
        with_bucket(given(_GET, {"AWS": "444455556666"})),
        with_bucket(given(_GET, {"AWS": ["444455556666", "777788889999"]})),
        BROADER,
        "Bucket",
    ),
    Pair(
        "account by number or by root",
        with_bucket(given(_GET, {"AWS": ["444455556666"]})),
        with_bucket(given(_GET, {"AWS": "444455556666"})),
        SAME,
        "Bucket",
    ),
    Pair(
        "an account to one role of it",
        with_bucket(given(_GET, {"AWS": "444455556666"})),
        with_bucket(given(_GET, {"AWS": "arn:aws:iam::444455556666:role/r"})),
        NARROWER,
        "Bucket",
    ),
    Pair(
        "a key for everyone in the account, by a service",
        template(Key=key(ADMIN)),
        template(Key=key(ADMIN, given(allow("kms:Decrypt"), {"AWS": "444455556666"}))),
        BROADER,
        "Key",
    ),
    Pair(
        "a key's service asked for its source",
        template(Key=key(ADMIN, given(allow("kms:Decrypt"), EVENTS))),
        template(
            Key=key(
                ADMIN,
                given(
                    allow(
                        "kms:Decrypt",
                        **when("ArnLike", "aws:SourceArn", "arn:aws:events:*:*:rule/x"),
                    ),
                    EVENTS,
                ),
            )
        ),
        NARROWER,
        "Key",
    ),
    Pair(
        "a key's list of actions split",
        template(Key=key(ADMIN, given(allow(["kms:Decrypt", "kms:Encrypt"]), EVENTS))),
        template(
            Key=key(given(allow("kms:Encrypt"), EVENTS), given(allow("kms:Decrypt"), EVENTS), ADMIN)
        ),
        SAME,
        "Key",
    ),
    Pair(
        "a key's policy widened to all",
        template(Key=key(ADMIN)),
        template(Key=key(given(allow("kms:*"), "*"))),
        BROADER,
        "Key",
    ),
    Pair(
        "a topic that anybody may publish to",
        _topic(given(allow("sns:Publish", {"Ref": "Topic"}), EVENTS)),
        _topic(given(allow("sns:Publish", {"Ref": "Topic"}), "*")),
        BROADER,
        "Topic",
    ),
    Pair(
        "a topic's publisher less",
        _topic(
            given(
                allow("sns:Publish", {"Ref": "Topic"}),
                {"Service": ["events.amazonaws.com", "cloudwatch.amazonaws.com"]},
            )
        ),
        _topic(given(allow("sns:Publish", {"Ref": "Topic"}), EVENTS)),
        NARROWER,
        "Topic",
    ),
    Pair(
        "a queue's sender swapped",
        _queue(given(allow("sqs:SendMessage"), EVENTS)),
        _queue(given(allow("sqs:SendMessage"), {"Service": "sns.amazonaws.com"})),
        BOTH,
        "Queue",
    ),
    Pair(
        "a queue's condition dropped",
        _queue(
            given(
                allow(
                    "sqs:SendMessage",
                    **when(
                        "ArnEquals", "aws:SourceArn", "arn:aws:events:us-east-1:111122223333:rule/r"
                    ),
                ),
                EVENTS,
            )
        ),
        _queue(given(allow("sqs:SendMessage"), EVENTS)),
        BROADER,
        "Queue",
    ),
    Pair(
        "a function that a service may call",
        _function(),
        _function(_EVENTS_INVOKE),
        BROADER,
        "Function",
    ),
    Pair(
        "a function's caller asked for its source",
        _function(_EVENTS_INVOKE),
        _function({**_EVENTS_INVOKE, "SourceArn": "arn:aws:events:us-east-1:111122223333:rule/r"}),
        NARROWER,
        "Function",
    ),
    Pair(
        "a function's URL for all",
        _function(_URL_FOR_ALL, AuthType="AWS_IAM"),
        _function(_URL_FOR_ALL, AuthType="NONE"),
        BROADER,
        "Function",
    ),
    Pair(
        "a function's URL for all, as far as is known",
        _function(AuthType="AWS_IAM"),
        _function(AuthType="NONE"),
        UNKNOWN,
        "Url",
    ),
    Pair(
        "privileged mode on",
        _project("Weak", PrivilegedMode=False),
        _project("Weak", PrivilegedMode=True),
        BROADER,
        "Project",
    ),
    Pair(
        "privileged mode off",
        _project("Weak", PrivilegedMode=True),
        _project("Weak"),
        NARROWER,
        "Project",
    ),
    Pair(
        "a project's role swapped for a stronger one",
        _project("Weak"),
        _project("Strong"),
        BROADER,
        "Project",
    ),
    Pair(
        "a project's role swapped for a weaker one",
        _project("Strong"),
        _project("Weak"),
        NARROWER,
        "Project",
    ),
    Pair(
        "a new bucket that everyone may read",
        template(Other=bucket(BucketName="other")),
        {
            "Resources": {
                "Other": bucket(BucketName="other"),
                **with_bucket(given(_GET, "*"))["Resources"],
            }
        },
        BROADER,
        "Bucket",
    ),
    Pair(
        "a policy that is not judged here",
        template(
            Vault=resource(
                "AWS::Backup::BackupVault",
                BackupVaultName="v",
                AccessPolicy=document(given(allow("backup:CopyIntoBackupVault"), ROOT)),
            )
        ),
        template(
            Vault=resource(
                "AWS::Backup::BackupVault",
                BackupVaultName="v",
                AccessPolicy=document(given(allow("backup:*"), "*")),
            )
        ),
        UNKNOWN,
        "Vault",
    ),
    Pair(
        "a macro makes the policies",
        {
            "Transform": "AWS::Serverless-2016-10-31",
            **template(Function=resource("AWS::Serverless::Function", Handler="a")),
        },
        {
            "Transform": "AWS::Serverless-2016-10-31",
            **template(
                Function=resource(
                    "AWS::Serverless::Function", Handler="a", Policies=["AdministratorAccess"]
                )
            ),
        },
        UNKNOWN,
        "Function",
    ),
)

_ELSEWHERE = given(allow("sqs:SendMessage"), {"Service": "sns.amazonaws.com"})


def _on_a_queue_elsewhere(*statements: Body, of: str = "q") -> Body:
    policy = resource(
        "AWS::SQS::QueuePolicy",
        Queues=[f"https://sqs.us-east-1.amazonaws.com/111122223333/{of}"],
        PolicyDocument=document(*statements),
    )
    more = {"Policy": policy} if statements else {}
    return template(Other=resource("AWS::SQS::Queue", QueueName="other"), **more)


# As the tests of CDK's own diff have them: there a queue that is not in the template.
ELSEWHERE = (
    Pair(
        "a policy for a queue elsewhere",
        _on_a_queue_elsewhere(),
        _on_a_queue_elsewhere(_ELSEWHERE),
        BROADER,
        "Policy",
    ),
    Pair(
        "a statement more for a queue elsewhere",
        _on_a_queue_elsewhere(_ELSEWHERE),
        _on_a_queue_elsewhere(_ELSEWHERE, {**_ELSEWHERE, "Action": "sqs:ReceiveMessage"}),
        BROADER,
        "Policy",
    ),
    Pair(
        "an action that the reference does not know",
        _on_a_queue_elsewhere(_ELSEWHERE),
        _on_a_queue_elsewhere(_ELSEWHERE, {**_ELSEWHERE, "Action": "sqs:LookAtMessage"}),
        UNKNOWN,
        "Policy",
    ),
    Pair(
        "a statement less for a queue elsewhere",
        _on_a_queue_elsewhere(_ELSEWHERE, {**_ELSEWHERE, "Action": "sqs:ReceiveMessage"}),
        _on_a_queue_elsewhere(_ELSEWHERE),
        NARROWER,
        "Policy",
    ),
    Pair(
        "a denial of all but one for a queue elsewhere, dropped",
        _on_a_queue_elsewhere(
            {**deny("sqs:SendMessage"), "NotPrincipal": {"Service": "sns.amazonaws.com"}}
        ),
        _on_a_queue_elsewhere(),
        BROADER,
        "Policy",
    ),
    Pair(
        "another queue elsewhere",
        _on_a_queue_elsewhere(_ELSEWHERE),
        _on_a_queue_elsewhere(_ELSEWHERE, of="p"),
        BOTH,
        "Policy",
    ),
)

PAIRS = (*IDENTITIES, *RESOURCES, *ELSEWHERE)
