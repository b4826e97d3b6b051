"""Who acts. A role carries its trust and nothing else, so that keys and buckets may follow it.

Roles have no physical names: nothing needs to know them beforehand, and names that are shared by
all regions of an account would stand in each other's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref, Sub
from troposphere.iam import Role

from cicdgen import arns
from cicdgen.policies.trust import trust, trust_for
from cicdgen.resources.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from awacs.aws import PolicyDocument

    from cicdgen.config.schema import Config
    from cicdgen.names import Names

_ACCOUNT_ID = Ref("AWS::AccountId")


class Roles(Part, frozen=True, kw_only=True):
    """One role per actor."""

    function: Role
    hook: Role | None
    deployer: Role
    build: Role
    test: Role
    pipeline: Role
    release: Role
    trigger: Role

    @classmethod
    def define(cls, config: Config, names: Names) -> Roles:
        """The roles, each with the service that may assume it."""

        def role(actor: str, trusted: PolicyDocument) -> Role:
            role = Role(
                f"{actor.capitalize()}Role",
                AssumeRolePolicyDocument=trusted,
            )
            if config.permissions_boundary:
                role.PermissionsBoundary = _boundary(config.permissions_boundary)
            return role

        def project(actor: str) -> Role:
            source = arns.named("codebuild", f"project/{names.part(actor)}")
            return role(actor, trust_for("codebuild", source=source, account=_ACCOUNT_ID))

        rule = arns.named("events", f"rule/{names.part('source')}")
        return cls(
            function=role("function", trust("lambda")),
            hook=role("hook", trust("lambda")) if config.release.hook else None,
            deployer=role("deployer", trust("lambda")),
            build=project("build"),
            test=project("test"),
            pipeline=role("pipeline", trust("codepipeline")),
            release=role(
                "release",
                trust_for("codedeploy", source=arns.deployment_group(names), account=_ACCOUNT_ID),
            ),
            trigger=role("trigger", trust_for("events", source=rule, account=_ACCOUNT_ID)),
        )

    def by_actor(self) -> Iterator[tuple[str, Role]]:
        """Each role with the name of who acts as it."""
        for actor in self.__struct_fields__:
            role = getattr(self, actor)
            if role is not None:
                yield actor, role


def _boundary(policy: str) -> str | Sub:
    if policy.startswith("arn:"):
        return policy
    return Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:policy/{policy}")
