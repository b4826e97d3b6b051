"""A service assumes the role that it is given: the trust policy has to let it.

Sources: IAM/id_roles_create_for-service, and per service those that send what the request is for
(the confused deputy): codebuild/cross-service-confused-deputy-prevention,
codedeploy/security_confused_deputy, eventbridge/cross-service-confused-deputy-prevention.
"""

from collections.abc import Mapping

from cicdgen.cloudformation import Path, Resource, Value
from cicdgen.iam import RoleSession, Service
from cicdgen.iam.context import Given
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop
from cicdgen.proof.hops.site import Site

_SOURCES = {
    "codebuild": "codebuild/setting-up-service-role",
    "codedeploy": "codedeploy/getting-started-create-service-role",
    "codepipeline": "codepipeline/security-iam-service-role",
    "events": "eventbridge/eb-use-identity-based",
    "lambda": "lambda/lambda-intro-execution-role",
}


def assume(
    site: Site,
    service: Service,
    role: RoleSession,
    of: Resource,
    path: Path,
    context: Mapping[str, Given],
) -> Hop:
    """The hop in which a service becomes the role.

    Args:
        site: The stack.
        service: Who assumes.
        role: The role.
        of: What the role is given to.
        path: Where it is.
        context: What the service sends about the request's source.
    """
    name = service.name.partition(".")[0]
    return Hop(
        id=f"{name}.assume-role",
        of=of.logical_id,
        path=path,
        who=service.name,
        calls=(site.call(service, "sts:AssumeRole", role.role, context),),
        why=f"{of.logical_id} can do nothing at all without its role.",
        source=_SOURCES[name],
    )


def stranger(of: Resource, path: Path, role: Value) -> Doubt:
    """What is to be said where a role is not in the template."""
    because = f"what {role} may do, the role of {of.logical_id}: it is not in the template"
    return Doubt(check="hops", path=path, because=because)
