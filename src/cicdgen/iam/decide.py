"""Whether a request is allowed, by every policy that takes part in it.

Sources: IAM/reference_policies_evaluation-logic_policy-eval-denyallow (the order and the
exceptions), IAM/reference_policies_evaluation-logic-cross-account, IAM/access_policies_boundaries,
kms/key-policy-default (a key policy must allow, or hand the decision to IAM).

A deny anywhere decides. Otherwise, within one account:

- what a resource policy gives a user, a session or everyone directly, stands by itself;
- what it gives a role by its ARN, the role's permissions boundary still limits;
- what it gives an account, counts only together with an identity policy;
- and an identity policy counts by itself, within the boundary, except for keys and for assuming
  roles, where the key policy or the trust policy has to allow.

Across accounts, both sides have to allow.
"""

from collections.abc import Sequence
from dataclasses import replace

from cicdgen.cloudformation.text import Shape, Text
from cicdgen.cloudformation.truth import Truth, all_of, any_of
from cicdgen.iam.answer import Allowed, Answer, Denied, Unknown
from cicdgen.iam.explain import doubts
from cicdgen.iam.facts import ActionFacts, action_facts, facts_version
from cicdgen.iam.policies import OfPrincipal, OfResource, Policies
from cicdgen.iam.principal import Anonymous, RoleSession, Root, User, account_in
from cicdgen.iam.request import EVERY_RESOURCE, Request
from cicdgen.iam.weighing import Side, weigh, weigh_resource

NO_OTHER_POLICY = "no policy of the organization, of the session or of an endpoint forbids it"
NO_BLOCK = "no public access block of the bucket or of its account forbids it"
NO_GRANT = "no grant on the key allows it"
NO_ACCOUNT_POLICY = "no policy of the account for its log groups, outside the template, allows it"

_WITHOUT_POLICIES = frozenset({"cloudformation", "cloudwatch", "codedeploy", "codepipeline", "iam"})
"""Services whose resources have no policies of their own, trust policies (`sts`) apart.

Source: IAM/reference_aws-services-that-work-with-iam. Only services of a pipeline are listed: any
other may have some.
"""

_TRUSTED = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
"""Actions that a role's trust policy has to allow."""

_ANY = Text.token("any resource", Shape.ANY, because="the question is about every resource")


def decide(request: Request, policies: Policies) -> Answer:
    """Whether a request is allowed.

    Args:
        request: The question.
        policies: Every policy of the stack.

    Returns:
        The answer, with the statements that it rests on.
    """
    facts = action_facts(request.action)
    if facts is None:
        known = f"the service authorization reference {facts_version()}"
        return Unknown(because=(f"{known} has no action {request.action}",))
    request = _posed(request, facts)
    if (
        facts.resource_types
        and request.resource is not _ANY
        and facts.fits(request.resource) is False
    ):
        forms = ", ".join(each.arn for each in facts.resource_types)
        because = f"{facts.name} does not work on {request.resource}, but on {forms}"
        return Unknown(because=(because,))
    return _Evaluation(request, facts, policies).answer()


def _posed(request: Request, facts: ActionFacts) -> Request:
    """The request with the resource that AWS would evaluate it on."""
    if not facts.resource_types:
        wanted = EVERY_RESOURCE
    elif request.resource == EVERY_RESOURCE:
        wanted = _ANY
    else:
        return request
    return request if request.resource == wanted else replace(request, resource=wanted)


class _Evaluation:
    """One request on its way through the policies."""

    def __init__(self, request: Request, facts: ActionFacts, policies: Policies) -> None:
        self._request = request
        self._facts = facts
        self._policies = policies
        principal = request.principal
        self._of_principal = (
            policies.of_principal(principal.arn)
            if isinstance(principal, RoleSession | User)
            else OfPrincipal((), (), is_known=True)
        )
        self._of_resource = (
            policies.of_resource(request.service, request.resource)
            if facts.resource_types
            else OfResource((), is_owned=True, is_known=True)
        )
        self._needs_resource_policy = bool(facts.resource_types) and (
            (request.service == "kms" and ":alias/" not in request.resource.code)
            or request.folded_action in _TRUSTED
        )

    @property
    def _is_all_known(self) -> bool:
        """Whether nothing outside the template can hang on the resource."""
        return self._of_resource.is_known or self._request.service in _WITHOUT_POLICIES

    @property
    def _has_policy(self) -> bool:
        """Whether a policy can hang on the resource at all."""
        return bool(self._facts.resource_types) and self._request.service not in _WITHOUT_POLICIES

    def answer(self) -> Answer:
        identity = self._identity()
        boundary = self._boundary()
        resource = self._resource()
        sides = (identity, boundary, resource)
        deny = any_of(side.deny for side in sides)
        if deny is True:
            by = tuple(each for side in sides for each in side.denied_by)
            return Denied(by=by, assuming=self._policies.assuming)
        allow = self._allow(identity, boundary, resource)
        assuming = tuple(
            dict.fromkeys((*self._assuming(), *(a for s in sides for a in s.assuming)))
        )
        if allow is False and self._policies.lacking:
            return Unknown(because=self._policies.lacking)
        if allow is False:
            more = {"kms": NO_GRANT, "logs": NO_ACCOUNT_POLICY}.get(self._request.service)
            assuming = (*assuming, more) if more else assuming
            return Denied(lacking=self._lacking(identity, boundary, resource), assuming=assuming)
        if allow is True and deny is False:
            by = tuple(each for side in sides for each in side.allowed_by)
            return Allowed(by=by, assuming=assuming)
        return Unknown(because=self._doubts(sides))

    def _allow(self, identity: Side, boundary: Side, resource: Side) -> Truth:
        """Whether the policies allow, apart from what they deny."""
        principal = self._request.principal
        if not isinstance(principal, RoleSession | User | Root):
            return resource.allow
        by_identity = all_of((identity.allow, boundary.allow))
        handed_on = all_of((resource.account, by_identity))
        limited = all_of((resource.role, boundary.allow))
        by_resource = any_of((resource.allow, limited, handed_on))
        enough = not self._needs_resource_policy
        within = any_of((by_identity, by_resource)) if enough else by_resource
        named = any_of((resource.allow, resource.role, resource.account))
        across = all_of((by_identity, named))
        match self._same_account(principal):
            case True:
                return within
            case False:
                return across
        return within if within == across else None

    def _same_account(self, principal: RoleSession | User | Root) -> Truth:
        if not self._facts.resource_types:
            return True
        account = account_in(self._request.resource)
        if not account.code:
            given = self._request.context.get("aws:resourceaccount")
            if isinstance(given, tuple) and len(given) == 1:
                account = given[0]
            elif self._of_resource.is_owned is True:
                account = self._policies.account
            else:
                return None
        return account.equals(principal.account)

    def _identity(self) -> Side:
        if isinstance(self._request.principal, Root):
            return Side(allow=True)
        side = weigh(self._of_principal.identity, self._request)
        if not self._of_principal.is_known:
            side.allow = side.allow or None
            side.deny = side.deny or None
        return side

    def _boundary(self) -> Side:
        boundaries = self._of_principal.boundaries
        if not boundaries:
            return Side(allow=True)
        side = weigh(boundaries, self._request)
        if not all(held.certain for held in boundaries):
            side.allow = side.allow or None
        return side

    def _resource(self) -> Side:
        bounded = any(held.certain for held in self._of_principal.boundaries)
        side = weigh_resource(self._of_resource.policies, self._request, is_bounded=bounded)
        if not self._is_all_known:
            side.allow = side.allow or None
        return side

    def _assuming(self) -> tuple[str, ...]:
        outside = self._facts.resource_types and not self._is_all_known
        resource = f"what hangs on {self._request.resource} outside the template forbids nothing"
        public = isinstance(self._request.principal, Anonymous) and self._request.service == "s3"
        return (
            NO_OTHER_POLICY,
            *self._policies.assuming,
            *((resource,) if outside else ()),
            *((NO_BLOCK,) if public else ()),
        )

    def _lacking(self, identity: Side, boundary: Side, resource: Side) -> tuple[str, ...]:
        principal = self._request.principal
        lacking = []
        if isinstance(principal, RoleSession | User) and identity.allow is False:
            lacking.append(f"the identity policies of {principal}")
        if boundary.allow is False:
            lacking.append(f"the permissions boundary of {principal}")
        named = any_of((resource.allow, resource.role, resource.account))
        if named is False and self._has_policy:
            what = {"kms": "key policy", "sts": "trust policy"}.get(
                self._request.service, "resource policy"
            )
            lacking.append(f"the {what} of {self._request.resource}")
        return tuple(lacking)

    def _doubts(self, sides: Sequence[Side]) -> tuple[str, ...]:
        found = [
            text for side in sides for each in side.doubtful for text in doubts(each, self._request)
        ]
        principal = self._request.principal
        if not self._of_principal.is_known:
            found.append(f"the template does not define {principal}")
        if not self._is_all_known and self._facts.resource_types:
            found.append(f"the template does not define {self._request.resource}")
        if (
            isinstance(principal, RoleSession | User | Root)
            and self._same_account(principal) is None
        ):
            found.append(f"whether {self._request.resource} is in the account of {principal}")
        return tuple(dict.fromkeys(found))
