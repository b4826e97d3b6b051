"""The proof of a template: every hop is allowed, and nothing is granted that no hop needs.

A template with conditions is proved for every answer to them: what fails in one of the stacks that
it can become, fails; what is in excess, is so in all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cicdgen.cloudformation import SOMEWHERE, Account, Stack, Template, Text, stacks
from cicdgen.iam import Allowed, Document, collect, facts_version
from cicdgen.iam.managed import is_managed_by_aws, managed_document
from cicdgen.iam.policies import Owned
from cicdgen.proof.blast_radius import Reach, check, reaches
from cicdgen.proof.flaw import Doubt, Remark
from cicdgen.proof.hop import Elsewhere, Hop, Strength
from cicdgen.proof.hops import CATALOGUE, hops_of
from cicdgen.proof.hops.codebuild import report_groups
from cicdgen.proof.hops.people import every_right, person
from cicdgen.proof.hops.site import Site
from cicdgen.proof.minimal import Weighed, weigh
from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.sufficient import Judged, Open, Proven, Refused, judge
from cicdgen.proof.worst_case import common, distinct, farthest, worst

ASSUMED = (
    "no policy of the organization, of a session or of an endpoint forbids what is allowed here",
    "functions run the code that the template has",
    "programs that a buildspec runs call AWS only where the buildspec says so",
    "whoever uploads, configures and administers has the rights for it in IAM",
)
"""What every proof rests on besides the template."""


UNBOUND = "the permissions boundary {}, which is not in the template, forbids none of it"
"""What is relied on where a permissions boundary is somebody else's."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What came of it.

    Attributes:
        judged: Every hop that something breaks without, and what of the safe side is granted or
            is to be told.
        weighed: What no hop needs.
        doubts: What the catalogue could not tell.
        where: The account and region that it holds for.
        rests_on: What the answers assume of policies that are not in the template.
        reach: What the code of each project and function could reach.
        beyond: What of it is beyond the template's limit.
    """

    judged: tuple[Judged, ...]
    weighed: Weighed
    doubts: tuple[Doubt, ...]
    where: str
    rests_on: tuple[str, ...]
    reach: tuple[Reach, ...]
    beyond: tuple[Remark, ...]

    @cached_property
    def refused(self) -> tuple[Refused, ...]:
        """The hops that are denied, and break something."""
        return tuple(j for j in self._needed if isinstance(j, Refused))

    @cached_property
    def open(self) -> tuple[Open, ...]:
        """The hops of which it is not known whether they are allowed."""
        return tuple(j for j in self._needed if isinstance(j, Open))

    @cached_property
    def proven(self) -> tuple[Proven, ...]:
        """The hops that are allowed, those of the safe side included."""
        return tuple(j for j in self.judged if isinstance(j, Proven))

    @cached_property
    def cautions(self) -> tuple[Refused | Open, ...]:
        """The hops of the safe side that are not allowed for certain: nothing may come of it."""
        return tuple(
            j
            for j in self.judged
            if j.hop.strength is Strength.SAFE_SIDE and isinstance(j, Refused | Open)
        )

    @property
    def hops(self) -> int:
        """How many hops count: all but those of the safe side that are not granted."""
        return len(self.proven) + len(self.refused) + len(self.open)

    def needed_by(self, policy: str, sid: str) -> tuple[str, ...]:
        """The ids of the hops that a statement allows, or has a part in allowing.

        Args:
            policy: The logical id of the resource that the statement stands in.
            sid: Its `Sid`.
        """
        return tuple(sorted(self._hops_by_statement.get((policy, sid), ())))

    @property
    def holds(self) -> bool:
        """Whether all is proven, and nothing is in excess, in doubt, or beyond the limit."""
        wrong = self.refused or self.open or self.weighed.excess or self.doubts or self.beyond
        return not wrong

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the proof rests on, and what it was made with."""
        made = (
            f"it holds for {self.where}",
            f"the catalogue of hops is of {CATALOGUE}",
            f"the service authorization reference is {facts_version()}",
        )
        return (*ASSUMED, *self.rests_on, *made)

    @cached_property
    def _hops_by_statement(self) -> Mapping[tuple[str, str | None], set[str]]:
        found: dict[tuple[str, str | None], set[str]] = {}
        for each in self.judged:
            for answer in (answer for answers in each.answers for answer in answers):
                for statement in answer.by if isinstance(answer, Allowed) else ():
                    origin = statement.origin
                    found.setdefault((origin.resource, origin.sid), set()).add(each.hop.id)
        return found

    @cached_property
    def _needed(self) -> tuple[Judged, ...]:
        return tuple(j for j in self.judged if j.hop.strength.is_needed)


_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov", "us-iso": "aws-iso", "us-isob": "aws-iso-b"}


def account_in(region: str) -> Account:
    """Any account in a region."""
    front = region.rsplit("-", 2)[0]
    return Account(region=region, partition=_PARTITIONS.get(front, "aws"))


def prove(template: Template, account: Account = SOMEWHERE) -> Proof:
    """Prove a template.

    Args:
        template: The template.
        account: Where it is deployed; Logs' own principal is not known without a region.
    """
    return prove_stacks(stacks(template, account), account)


def prove_stacks(found: Sequence[Stack], account: Account = SOMEWHERE) -> Proof:
    """Prove all the stacks that one template can become.

    Args:
        found: The stacks; what others have asked them is not resolved again.
        account: Where they are.
    """
    made = [prove_stack(stack) for stack in found]
    return Proof(
        judged=tuple(worst(each.judged for each in made)),
        weighed=common([each.weighed for each in made]),
        doubts=tuple(dict.fromkeys(doubt for each in made for doubt in each.doubts)),
        where=_where(account),
        rests_on=tuple(dict.fromkeys(text for each in made for text in each.rests_on)),
        reach=farthest(each.reach for each in made),
        beyond=tuple(dict.fromkeys(remark for each in made for remark in each.beyond)),
    )


def prove_stack(stack: Stack) -> Proof:
    """Prove one stack that a template can become."""
    site = Site(stack)
    outside = dict(boundaries_elsewhere(stack))
    policies = collect(stack, outside) if outside else policies_of(stack)
    policies = policies.granting(person(site).arn, [every_right()])
    made = tuple(
        Owned(arn=arn, service="codebuild", covers=(arn.code,)) for arn in report_groups(site)
    )
    policies = replace(policies, owned=policies.owned + made)
    hops: list[Hop] = []
    doubts: dict[Doubt, None] = {}
    relied_on = [UNBOUND.format(arn) for arn in outside]
    for each in hops_of(site, policies):
        match each:
            case Doubt():
                doubts[each] = None
            case Elsewhere():
                relied_on.append(each.because)
            case Hop():
                hops.append(each)
    judged = tuple(judge(distinct(hops), policies))
    reach = tuple(reaches(stack))
    return Proof(
        judged=judged,
        weighed=weigh(judged, doubts, policies),
        doubts=tuple(doubts),
        where=_where(stack.account),
        rests_on=tuple(dict.fromkeys((*relied_on, *_resting(judged)))),
        reach=reach,
        beyond=tuple(check(stack, reach)),
    )


def _is_known(arn: Text) -> bool:
    return is_managed_by_aws(arn) and not managed_document(arn).unreadable


def boundaries_elsewhere(stack: Stack) -> Iterator[tuple[Text, Document]]:
    """Permissions boundaries that nobody here can read, as if they forbade nothing."""
    own = {policy.arn for policy in stack.of_type("AWS::IAM::ManagedPolicy")}
    for identity in stack.of_type("AWS::IAM::Role", "AWS::IAM::User"):
        arn = identity.properties.get("PermissionsBoundary")
        if isinstance(arn, Text) and arn not in own and not _is_known(arn):
            yield arn, every_right()


def _where(account: Account) -> str:
    region = account.region or "any region"
    return f"{region}, in account {account.account}" if account.account else f"{region}"


def _resting(judged: Iterable[Judged]) -> Iterator[str]:
    """What the answers assume, but for what every proof assumes."""
    texts = (
        text
        for each in judged
        for answers in each.answers
        for answer in answers
        if isinstance(answer, Allowed)
        for text in answer.assuming
    )
    return (text for text in dict.fromkeys(texts) if not text.startswith("no policy of the"))
