"""What ministack's IAM says of a call: its evaluator, over the policies of the stack deployed here.

It is asked about calls of every service, also of those that do not run here: what decides them are
the roles, boundaries, trust and resource policies that CloudFormation made.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam as kept

from .stored import Json, RefusedRequest, add_service

_EVERY_RIGHT = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def teach() -> None:
    """Answer `Decide`."""
    add_service("verdicts", "Verdicts", {"Decide": _decide})


def _decide(asked: Json) -> Json:
    """The decision on a call: Allow, Deny or ImplicitDeny.

    Args:
        asked: `caller` is {"Role": name}, {"Service": name} or {} for somebody with every right;
            `action`, `resource` and `context`, the values of each key that the request has.
    """
    action, resource = asked["action"], asked["resource"]
    context: dict[str, Any] = {
        key: values[0] if len(values) == 1 else values for key, values in asked["context"].items()
    }
    service = asked["caller"].get("Service")
    role = asked["caller"].get("Role")
    account = get_account_id()
    asking = iam.EvalContext(
        principal_arn=_arn(account, role) if service is None else "",
        principal_type="AssumedRole" if service is None else "",
        principal_account=account if service is None else "",
        action=action,
        resource_arn=resource,
        region=get_region(),
        # AWS calls its services over TLS.
        secure_transport=context.pop("aws:securetransport", "true") == "true",
        service_context={"aws:tagkeys": None, **context},
        principal_keys={"aws:principalarn": f"arn:aws:iam::{account}:role/{role}"},
    )
    policy = _policy_of(action, resource)
    if service is not None:
        return _said(iam.evaluate_resource_policy(policy, asking, service=service))
    policies, limits = [iam.parse_policy_document(_EVERY_RIGHT)], ()
    if role is not None:
        if kept._roles.get_scoped(account, None, role) is None:  # noqa: SLF001 - it has no other door
            raise RefusedRequest("NoSuchEntity", f"there is no role {role} here")
        policies = iam._gather_role_policies(role, account)  # noqa: SLF001
        limits = _boundary(account, role)
    decided = iam.evaluate(asking, policies, *limits)
    if policy is None:
        return _said(decided)
    # A key and a trust policy have to allow what a role of the account is allowed, too.
    needed = action.startswith(("kms:", "sts:"))
    combined = iam.combine_resource_policy(
        decided, asking, policy, account, required=needed, limits=limits
    )
    return _said(combined)


def _boundary(account: str, role: str) -> tuple[Any, ...]:
    """The boundary of a role. One that is not here forbids nothing: the rehearsal says so."""
    arn = kept._roles.get_scoped(account, None, role).get("PermissionsBoundary")  # noqa: SLF001
    if not arn or iam._resolve_managed_policy_document(arn, account) is None:  # noqa: SLF001
        return ()
    return tuple(iam._permissions_boundary(kept._roles, role, account))  # noqa: SLF001


def _arn(account: str, role: str | None) -> str:
    return f"arn:aws:sts::{account}:assumed-role/{role or 'administrator'}/rehearsal"


def _policy_of(action: str, resource: str) -> str | Json | None:
    """The policy of what is called; None if it has none."""
    service = action.partition(":")[0]
    if service == "sts":
        name = resource.rpartition("/")[2]
        role: Json = kept._roles.get_scoped(get_account_id(), None, name) or {}  # noqa: SLF001
        trust: str | Json | None = role.get("AssumeRolePolicyDocument")
        return trust
    found = iam._resource_policy(service, resource)  # noqa: SLF001 - as above
    return None if found is None else found[0]


def _said(result: iam.EvalResult) -> Json:
    return {"decision": result.decision}
