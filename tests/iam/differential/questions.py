"""Generated questions: policies and requests that are likely to touch one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.iam.asking import (
    ACCOUNT,
    OTHER,
    ROLE,
    ROLE_ARN,
    SESSION_ARN,
    STRANGER,
    USER,
    USER_ARN,
    Question,
)

from cicdgen.iam import Anonymous, RoleSession, Service, User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from cicdgen.iam import Principal

BUCKET = "arn:aws:s3:::shop-artifacts"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:news"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:worker"
PIPELINE = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:shop"
GROUP = f"arn:aws:codedeploy:us-east-1:{ACCOUNT}:deploymentgroup:shop/live"
STREAM = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/worker:log-stream:a"
TARGET = f"arn:aws:iam::{ACCOUNT}:role/target"


class Call(NamedTuple):
    """An action, its resource, and condition keys that AWS may fill in for it."""

    action: str
    resource: str
    keys: Sequence[str]


CALLS = (
    Call(
        "s3:GetObject", f"{BUCKET}/source/app.zip", ("s3:ExistingObjectTag/team", "s3:signatureAge")
    ),
    Call(
        "s3:PutObject",
        f"{BUCKET}/source/app.zip",
        ("s3:x-amz-server-side-encryption", "s3:x-amz-acl", "aws:RequestTag/team"),
    ),
    Call("s3:ListBucket", BUCKET, ("s3:prefix", "s3:max-keys", "s3:delimiter")),
    Call("kms:Decrypt", KEY, ("kms:ViaService", "kms:CallerAccount", "kms:EncryptionContextKeys")),
    Call("kms:GenerateDataKey", KEY, ("kms:ViaService", "kms:EncryptionContext:team")),
    Call("sns:Publish", TOPIC, ()),
    Call("sqs:SendMessage", QUEUE, ()),
    Call("lambda:InvokeFunction", FUNCTION, ("lambda:EventSourceToken",)),
    Call("lambda:InvokeFunction", f"{FUNCTION}:live", ()),
    Call("codepipeline:StartPipelineExecution", PIPELINE, ()),
    Call("codedeploy:CreateDeployment", GROUP, ()),
    Call("logs:PutLogEvents", STREAM, ()),
    Call("sts:AssumeRole", TARGET, ("sts:ExternalId", "sts:RoleSessionName")),
    Call("iam:PassRole", TARGET, ("iam:PassedToService",)),
    Call("xray:PutTraceSegments", "*", ()),
    Call("ec2:CreateTags", f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1", ("aws:TagKeys",)),
)
GLOBAL_KEYS = (
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SecureTransport",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalTag/team",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:username",
    "aws:PrincipalOrgID",
    "aws:CalledVia",
)
VALUES: Mapping[str, Sequence[str]] = {
    "aws:CalledVia": ("athena.amazonaws.com", "cloudformation.amazonaws.com"),
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z", "2027-01-01T00:00:00Z"),
    "aws:PrincipalAccount": (ACCOUNT, OTHER),
    "aws:PrincipalArn": (ROLE_ARN, USER_ARN, f"arn:aws:iam::{ACCOUNT}:role/*", "arn:aws:iam::*:*"),
    "aws:SecureTransport": ("true", "false"),
    "aws:SourceAccount": (ACCOUNT, OTHER),
    "aws:SourceArn": (PIPELINE, BUCKET, f"arn:aws:codepipeline:*:{ACCOUNT}:*", "arn:aws:s3:::*"),
    "aws:SourceIp": ("203.0.113.9", "203.0.113.0/24", "198.51.100.1", "2001:db8::/32"),
    "aws:TagKeys": ("team", "cost", "Team"),
    "aws:username": ("carlos", "maria"),
    "kms:CallerAccount": (ACCOUNT, OTHER),
    "kms:EncryptionContextKeys": ("team", "aws:s3:arn"),
    "kms:ViaService": ("s3.us-east-1.amazonaws.com", "lambda.us-east-1.amazonaws.com", "s3.*"),
    "iam:PassedToService": ("lambda.amazonaws.com", "codebuild.amazonaws.com"),
    "s3:max-keys": ("10", "9.5", "100"),
    "s3:signatureAge": ("10", "600000"),
    "s3:prefix": ("home/", "home/carlos/", "home/${aws:username}/", "home/*", ""),
    "s3:x-amz-server-side-encryption": ("aws:kms", "AES256"),
}
ANYTHING = ("team", "Team", "te?m", "t*", "${aws:username}", "other", "${aws:PrincipalTag/team}")
MULTIVALUED = frozenset({"aws:CalledVia", "aws:TagKeys", "kms:EncryptionContextKeys"})
OPERATORS: Mapping[str, Sequence[str]] = {
    "aws:SecureTransport": ("Bool",),
    "aws:CurrentTime": (
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    ),
    "aws:SourceIp": ("IpAddress", "NotIpAddress"),
    "aws:SourceArn": ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringLike"),
    "aws:PrincipalArn": ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringEquals"),
    "s3:max-keys": (
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ),
    "s3:signatureAge": ("NumericLessThan", "NumericGreaterThan"),
}
STRING_OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
)
PRINCIPALS: Sequence[Principal] = (
    ROLE,
    ROLE,
    ROLE,
    USER,
    USER,
    STRANGER,
    Service("events.amazonaws.com"),
    Service("codepipeline.amazonaws.com"),
    Anonymous(),
)
ENTRIES: Sequence[Any] = (
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": OTHER},
    {"AWS": ROLE_ARN},
    {"AWS": SESSION_ARN},
    {"AWS": USER_ARN},
    {"AWS": [USER_ARN, ROLE_ARN]},
    {"AWS": STRANGER.role.code},
    {"Service": "events.amazonaws.com"},
    {"Service": ["codepipeline.amazonaws.com", "events.amazonaws.com"]},
    {"AWS": ROLE_ARN, "Service": "events.amazonaws.com"},
)


def generate(random: Random) -> Question:
    """One question."""
    call = random.choice(CALLS)
    principal = random.choice(PRINCIPALS)
    is_identity = isinstance(principal, RoleSession | User)
    has_boundary = is_identity and random.random() < 0.3
    has_policy = call.action.partition(":")[0] not in {"codepipeline", "codedeploy", "iam", "xray"}
    on_resource = _statements(call, random, principals=True) if has_policy else []
    if call.action.startswith("sts:") and not on_resource:
        on_resource = [_statement(call, random, principals=True)]
    own = principal.account if call.resource == "*" else None
    return Question(
        account=own.code if own is not None else ACCOUNT,
        action=_cased(call.action, random),
        resource=call.resource,
        principal=principal,
        identity=_statements(call, random, principals=False) if is_identity else (),
        on_resource=on_resource,
        boundary=_statements(call, random, principals=False) if has_boundary else None,
        context=_context(call, principal, random),
        version=random.choice(("2012-10-17",) * 9 + (None,)),
    )


def _cased(action: str, random: Random) -> str:
    return action if random.random() < 0.9 else action.lower()


def _statements(call: Call, random: Random, *, principals: bool) -> list[Any]:
    count = random.choice((0, 1, 1, 1, 2, 2, 3))
    return [_statement(call, random, principals=principals) for _ in range(count)]


def _statement(call: Call, random: Random, *, principals: bool) -> Any:  # noqa: ANN401 - JSON
    service, _, name = call.action.partition(":")
    actions: Any = random.choice(
        (
            call.action,
            call.action,
            f"{service}:*",
            "*",
            f"{service}:{name[:4]}*",
            f"{service.upper()}:{name.lower()}",
            f"{service}:{name[:-1]}?",
            [f"{service}:Nothing*", call.action],
            "cloudfront:*",
        )
    )
    ends = ["*", f"{call.resource[:-2]}*", f"{call.resource[:-1]}?"]
    resource: Any = random.choice(
        (
            call.resource,
            call.resource,
            *(ends if call.resource != "*" else ends[:1]),
            f"{call.resource}x" if ":" in call.resource else BUCKET,
            [f"{BUCKET}/*", call.resource],
            ":".join([*call.resource.split(":")[:5], "*"]) if ":" in call.resource else "*",
            f"{BUCKET}/${{aws:username}}/*",
            f"{BUCKET}/source/${{aws:PrincipalTag/team}}*",
            f"{BUCKET}/source/${{aws:PrincipalTag/team, 'app'}}.zip",
        )
    )
    effect = "Deny" if random.random() < 0.25 else "Allow"
    is_trust = principals and service == "sts"
    found: dict[str, Any] = {"Effect": effect}
    found["NotAction" if random.random() < 0.1 else "Action"] = actions
    if not is_trust:
        found["NotResource" if random.random() < 0.1 else "Resource"] = resource
    if principals:
        found["Principal"] = random.choice(ENTRIES)
    if random.random() < 0.55:
        found["Condition"] = _condition(call, random)
    return found


def _condition(call: Call, random: Random) -> Any:  # noqa: ANN401 - JSON
    found: dict[str, dict[str, Any]] = {}
    for _ in range(random.choice((1, 1, 1, 2, 2, 3))):
        key = random.choice((*call.keys, *call.keys, *GLOBAL_KEYS))
        if random.random() < 0.15:
            found.setdefault("Null", {})[key] = random.choice(("true", "false"))
            continue
        operator = random.choice(OPERATORS.get(key, STRING_OPERATORS))
        if key in MULTIVALUED:
            operator = f"{random.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
        if random.random() < 0.2:
            operator += "IfExists"
        values = VALUES.get(key, ANYTHING)
        chosen = random.sample(values, random.choice((1, 1, 2)))
        found.setdefault(operator, {})[key] = chosen if len(chosen) > 1 else chosen[0]
    return found


def _context(call: Call, principal: Principal, random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in (*call.keys, *GLOBAL_KEYS):
        if key in {"aws:PrincipalArn", "aws:PrincipalAccount", "aws:username", "kms:CallerAccount"}:
            continue
        if random.random() < 0.5:
            continue
        values = [v for v in VALUES.get(key, ANYTHING) if not set(v) & {"*", "?", "$"}]
        values = [v for v in values if "/" not in v or key != "aws:SourceIp"]
        if key in MULTIVALUED:
            found[key] = random.sample(values, random.choice((1, 2)))
        else:
            found[key] = random.choice(values)
    match principal:
        case RoleSession(role=role):
            found["aws:PrincipalArn"] = role.code
            found["aws:PrincipalAccount"] = principal.account.code
        case User(arn=arn):
            found["aws:PrincipalArn"] = arn.code
            found["aws:PrincipalAccount"] = principal.account.code
            found["aws:username"] = arn.code.rpartition("/")[2]
        case _:
            found.pop("aws:PrincipalTag/team", None)
            found.pop("aws:PrincipalOrgID", None)
    if "kms:CallerAccount" in call.keys and isinstance(principal, RoleSession | User):
        found["kms:CallerAccount"] = principal.account.code
    return found
