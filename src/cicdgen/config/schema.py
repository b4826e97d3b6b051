"""What a person may choose. These types are the schema: of the file, of the editor's, of the docs.

Every field has a default but `project`; every constraint stands on its field, so that the error,
the JSON Schema and docs/config.md say the same. What no single field can see is in `limits`.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads the annotation
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Runtime = Literal["python3.11", "python3.12", "python3.13", "python3.14"]
Architecture = Literal["arm64", "x86_64"]
Compute = Literal["BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE"]
DeletionPolicy = Literal["RetainExceptOnCreate", "Retain", "Delete"]
# The periods that CloudWatch Logs accepts: AmazonCloudWatchLogs/API_PutRetentionPolicy.
LogRetention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip
# CodeDeploy's predefined traffic shifts for Lambda: codedeploy/deployment-configurations.
DeploymentConfig = Literal[
    "CodeDeployDefault.LambdaCanary10Percent5Minutes",
    "CodeDeployDefault.LambdaCanary10Percent10Minutes",
    "CodeDeployDefault.LambdaCanary10Percent15Minutes",
    "CodeDeployDefault.LambdaCanary10Percent30Minutes",
    "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
    "CodeDeployDefault.LambdaLinear10PercentEvery2Minutes",
    "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes",
    "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes",
    "CodeDeployDefault.LambdaAllAtOnce",
]
# Patterns end in \Z, since Python's $ lets a line break follow, and name their digits and letters,
# since \d and \w are all of Unicode's.
# lambda/configuration-envvars: a variable's name has two characters at least.
FunctionVariable = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]+\Z")]
BuildVariable = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]*\Z")]
# Tabs and line breaks, but no other control characters: templates are read as YAML, which has none.
Text = Annotated[str, Meta(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]*\Z")]
Email = Annotated[str, Meta(pattern=r"^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+\Z", max_length=254)]
SubnetId = Annotated[str, Meta(pattern=r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})\Z")]
SecurityGroupId = Annotated[str, Meta(pattern=r"^sg-([0-9a-f]{8}|[0-9a-f]{17})\Z")]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A TOML table: frozen, and strict about its keys."""


class Vpc(Table, frozen=True):
    """The VPC in which the function runs; without it, it runs outside one."""

    subnet_ids: Annotated[
        tuple[SubnetId, ...],
        Meta(min_length=1, max_length=16, description="its subnets, e.g. `subnet-01234567`"),
    ]
    security_group_ids: Annotated[
        tuple[SecurityGroupId, ...],
        Meta(min_length=1, max_length=5, description="its security groups, e.g. `sg-01234567`"),
    ]


class Function(Table, frozen=True):
    """The function that the pipeline releases."""

    runtime: Annotated[Runtime, Meta(description="Lambda runtime")] = "python3.13"
    handler: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z_][A-Za-z0-9_./-]*\.[A-Za-z_][A-Za-z0-9_]*\Z",
            max_length=128,
            description="module.function in the package; with another module than `index` the "
            "placeholder cannot answer before the first release",
        ),
    ] = "index.handler"
    memory: Annotated[int, Meta(ge=128, le=10240, description="memory in MB")] = 256
    timeout: Annotated[int, Meta(ge=1, le=840, description="timeout in seconds")] = 30
    architecture: Annotated[
        Architecture, Meta(description="instruction set; the build runs on the same")
    ] = "x86_64"
    environment: Annotated[
        dict[FunctionVariable, Text],
        Meta(description="environment variables, encrypted with the lambda key; never secrets"),
    ] = {}
    reserved_concurrency: (
        Annotated[
            int,
            Meta(
                ge=1,
                description="reserved concurrent executions; left out by default, because a new "
                "account's small limit rejects any reservation",
            ),
        ]
        | None
    ) = None
    ephemeral_storage: Annotated[int, Meta(ge=512, le=10240, description="size of /tmp in MB")] = (
        512
    )
    vpc: Vpc | None = None
    log_retention: Annotated[
        LogRetention, Meta(description="days for which all log groups of the stack keep events")
    ] = 365


class Source(Table, frozen=True):
    """The object whose upload starts the pipeline."""

    object_key: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9!_.'()/-]+\.zip\Z",
            max_length=512,
            description="key of the source archive in the source bucket",
        ),
    ] = "source.zip"


class Project(Table, frozen=True):
    """A CodeBuild project."""

    image: (
        Annotated[
            str,
            Meta(
                pattern=r"^[!-~]+\Z",
                description="CodeBuild image; by default AWS's Amazon Linux 2023 image for the "
                "function's architecture",
            ),
        ]
        | None
    ) = None
    compute: Annotated[Compute, Meta(description="compute type")] = "BUILD_GENERAL1_SMALL"
    timeout: Annotated[int, Meta(ge=5, le=480, description="timeout in minutes")] = 15
    environment: Annotated[
        dict[BuildVariable, Text],
        Meta(description="plain-text environment variables; never secrets"),
    ] = {}
    buildspec: (
        Annotated[
            str,
            Meta(
                min_length=1,
                description="a buildspec file of your own, relative to the config file; its text "
                "travels in the template",
            ),
        ]
        | None
    ) = None


class Release(Table, frozen=True):
    """How a new version is let in, and when it is taken back."""

    deployment_config: Annotated[
        DeploymentConfig, Meta(description="CodeDeploy's traffic shift")
    ] = "CodeDeployDefault.LambdaCanary10Percent10Minutes"
    hook: Annotated[
        bool, Meta(description="invoke the new version once before it gets traffic")
    ] = True
    smoke_event: Annotated[
        dict[str, Any],
        Meta(
            description="the event with which the hook invokes it; by default "
            '`{ source = "cicdgen.smoke" }`'
        ),
    ] = field(default_factory=lambda: {"source": "cicdgen.smoke"})
    tolerated_error_percent: Annotated[
        float,
        Meta(
            gt=0,
            le=50,
            description="percentage of the new version's own invocations that may fail before "
            "the release is rolled back",
        ),
    ] = 10
    alarm_minutes: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=15,
                description="bad minutes before the rollback; by default as many as the traffic "
                "shift leaves time for, two at most",
            ),
        ]
        | None
    ) = None


class Notifications(Table, frozen=True):
    """Who is told when something fails."""

    emails: Annotated[
        tuple[Email, ...], Meta(max_length=50, description="e-mail addresses, each to be confirmed")
    ] = ()


class BlastRadius(Table, frozen=True):
    """How far code that got into a build may reach: `check` and `prove` fail beyond it."""

    steps: (
        Annotated[
            int,
            Meta(ge=0, description="the most steps to anything that is reached; any by default"),
        ]
        | None
    ) = None
    never: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[A-Za-z0-9]+\Z")], ...],
        Meta(description="logical ids that must not be reached, e.g. `HookRole`"),
    ] = ()


class Settings(Table, frozen=True):
    """One environment's table, or the defaults that all of them inherit."""

    project: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z",
            min_length=1,
            max_length=20,
            description="short name of the project: the first part of every physical name",
        ),
    ]
    region: (
        Annotated[
            str,
            Meta(
                pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]\Z",
                description="the region it is deployed to: `check` lints for it; by default the "
                "template is linted for us-east-1 and deploys anywhere",
            ),
        ]
        | None
    ) = None
    account: (
        Annotated[
            str,
            Meta(pattern=r"^[0-9]{12}\Z", description="the account it is deployed to, as a string"),
        ]
        | None
    ) = None
    function: Function = Function()
    source: Source = Source()
    build: Project = Project()
    test: Project = Project()
    release: Release = Release()
    notifications: Notifications = Notifications()
    blast_radius: BlastRadius = BlastRadius()
    manual_approval: Annotated[bool, Meta(description="ask a person before the release")] = True
    permissions_boundary: (
        Annotated[
            str,
            Meta(
                pattern=r"^(arn:[a-z-]+:iam::([0-9]{12}|aws):policy/)?[A-Za-z0-9_+=,.@/-]+\Z",
                description="managed policy that bounds every role: an ARN, or a name",
            ),
        ]
        | None
    ) = None
    tags: Annotated[
        dict[
            Annotated[str, Meta(pattern=r"^(?![Aa][Ww][Ss]:)[\w .:/=+@-]{1,128}\Z")],
            Annotated[str, Meta(pattern=r"^[\w .:/=+@-]{1,256}\Z")],
        ],
        Meta(max_length=40, description="tags for everything that can be tagged"),
    ] = {}
    artifact_retention: Annotated[
        int,
        Meta(
            ge=1,
            le=3650,
            description="days for which pipeline artifacts, and versions that were replaced, "
            "are kept; releases stay",
        ),
    ] = 90
    deletion_policy: Annotated[
        DeletionPolicy,
        Meta(
            description="what deleting the stack does to buckets and log groups; the keys and "
            "published versions are always retained",
        ),
    ] = "RetainExceptOnCreate"
    access_log_bucket: (
        Annotated[
            str,
            Meta(
                # s3/bucketnamingrules: no two periods together, and no IP address.
                pattern=r"^(?!.*\.\.)(?!([0-9]+\.){3}[0-9]+\Z)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z",
                description="your own bucket for S3 access logs; by default the stack has one",
            ),
        ]
        | None
    ) = None


class Waiver(Table, frozen=True, kw_only=True):
    """A finding that somebody has decided to live with: `check` prints the first three keys."""

    rule: Annotated[
        str, Meta(pattern=r"^[EWI][0-9]{4}\Z", description="the rule's id, e.g. `W9552`")
    ]
    resource: Annotated[str, Meta(min_length=1, description="the logical id of the resource")]
    statement: Annotated[
        str,
        Meta(
            pattern=r"^[0-9a-f]{16}\Z",
            description="hash of what is waived: it holds for that alone, so that tomorrow's "
            "action is not waived with it",
        ),
    ]
    reason: Annotated[str, Meta(min_length=10, description="why it is right here")]
    owner: Annotated[str, Meta(min_length=1, description="who answers for it")]
    expires: Annotated[date, Meta(description="the last day on which it holds")]


class Config(Settings, frozen=True, kw_only=True):
    """One environment, resolved: what the blueprint is drawn from."""

    env: str
    build_buildspec: str | None = None
    test_buildspec: str | None = None

    @property
    def prefix(self) -> str:
        """The first part of every physical name."""
        return f"{self.project}-{self.env}"

    @property
    def update_replace_policy(self) -> str:
        """What replacing a stateful resource does to the old one."""
        return "Delete" if self.deletion_policy == "Delete" else "Retain"


RESOLVED_FIELDS = ("env", "build_buildspec", "test_buildspec")
"""What resolving adds to the settings: no key of the file."""
