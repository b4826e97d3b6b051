"""Why nothing comes of a change to a policy: who may do what, before and after."""

import json
from collections import Counter
from collections.abc import Mapping

from cicdgen.cloudformation import Stack, Template
from cicdgen.cloudformation.values import Json
from cicdgen.iam import ABSENT, Allowed, Denied, Request, RoleSession, decide
from cicdgen.iam.context import Given
from cicdgen.proof.mutation.change import value_at
from cicdgen.proof.mutation.kinds import Mutant
from cicdgen.proof.mutation.original import Original, stack_of
from cicdgen.proof.parts.granted import policies_of
from cicdgen.proof.proof import Proof, prove
from cicdgen.proof.sufficient import Judged


def needless(mutant: Mutant, original: Original) -> str:
    """Only calls of the safe side are refused that were not before, or rights that wait."""
    proof = prove(Template.read(mutant.body), original.account)
    if _failing(proof) - _failing(original.proof):
        return ""
    lost = _lost(proof, original.proof)
    if not lost:
        return ""
    return f"AWS lists it, and nothing is known to break without it: {', '.join(sorted(lost))}"


def _failing(proof: Proof) -> set[tuple[str, str, str]]:
    """The hops that something breaks without, and that are not allowed for certain."""
    failing: list[Judged] = [*proof.refused, *proof.open]
    return {_key(each) for each in failing}


def _lost(proof: Proof, before: Proof) -> set[str]:
    """The hops that fewer calls of are proven than before, none of them needed."""
    counts = Counter(_key(each) for each in before.proven)
    counts.subtract(_key(each) for each in proof.proven)
    return {hop for (hop, _, _), count in counts.items() if count > 0}


def _key(each: Judged) -> tuple[str, str, str]:
    hop = each.hop
    calls = [(way.action, str(way.resource)) for call in hop.calls for way in call.ways]
    return hop.id, hop.who, json.dumps(calls)


def only_fewer(mutant: Mutant, original: Original) -> str:
    """A list that now has one twice: somebody is left out, and nobody is added."""
    at = next((i for i, step in enumerate(mutant.path) if step == "Roles"), None)
    if at is None:
        return ""
    before = value_at(original.body, mutant.path[: at + 1])
    after = value_at(mutant.body, mutant.path[: at + 1])
    if any(each not in before for each in after):
        return ""
    return needless(mutant, original)


_OTHER_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def refusal(mutant: Mutant, original: Original) -> str:
    """A Deny of other keys, where no part of the template uploads under one."""
    statement = value_at(original.body, mutant.path)
    if not isinstance(statement, dict) or statement.get("Effect") != "Deny":
        return ""
    conditions = statement.get("Condition") or {}
    keys = {key.lower() for tests in conditions.values() for key in tests}
    if keys != {_OTHER_KEY} or _role_with_more(mutant, original):
        return ""
    return (
        "no part of the template uploads under another key: it holds back people, whose rights are"
        " not in the template"
    )


def _role_with_more(mutant: Mutant, original: Original) -> str:
    """A hop that is proven now, and was not."""
    proof = prove(Template.read(mutant.body), original.account)
    new = Counter(_key(each) for each in proof.proven)
    new.subtract(_key(each) for each in original.proof.proven)
    return next((key[1] for key, count in new.items() if count > 0), "")


_BINDING = ("aws:sourcearn", "aws:sourceaccount")


def still_bound(mutant: Mutant, original: Original) -> str:
    """Of two conditions on whose resource it is, one is left, and it names the account."""
    if str(mutant.path[-1]).lower() not in _BINDING:
        return ""
    statement = value_at(mutant.body, mutant.path[:-3])
    for tests in (statement.get("Condition") or {}).values():
        for key, value in tests.items():
            if key.lower() in _BINDING and _names_account(value, original):
                return f"the condition {key} still keeps out whatever is not of this account"
    return ""


def _names_account(value: Json, original: Original) -> bool:
    text = json.dumps(value)
    if "AWS::AccountId" in text:
        return True
    named = [name for name in original.stack.resources if f'"{name}"' in text]
    return bool(named)


def other_side(mutant: Mutant, original: Original) -> str:
    """A condition that the policy on the other side asks for as well."""
    statement = value_at(original.body, mutant.path[:-3])
    key = str(mutant.path[-1])
    after = stack_of(mutant.body, original.account)
    before = original.stack
    actions = statement.get("Action", ())
    for action in [actions] if isinstance(actions, str) else actions:
        for who in before.of_type("AWS::IAM::Role"):
            for on in before.of_type("AWS::KMS::Key"):
                asked = Request.of(RoleSession(who.arn), action, on.arn, _without(before, key))
                was = decide(asked, policies_of(before))
                now = decide(asked, policies_of(after))
                if not isinstance(was, Allowed) and not isinstance(now, Denied):
                    return ""
    return (
        f"no role of the template may do more: the policy on the other side of the key still asks"
        f" for {key}"
    )


def _without(stack: Stack, key: str) -> Mapping[str, Given]:
    """The context of a direct call, without what a service would add."""
    return {"kms:CallerAccount": stack.pseudo_parameters["AWS::AccountId"], key: ABSENT}
