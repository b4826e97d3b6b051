"""A second opinion on every verdict: the IAM of the sandbox, which we did not write.

Our evaluator decides over the template; this one over the roles, boundaries, keys and policies
that CloudFormation made of it in the sandbox. Where they differ one of them is wrong about AWS,
and nothing passes. How the second one is known to differ from AWS is in docs/sandbox.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.iam import RoleSession, Service
from cicdgen.iam.context import Presence
from cicdgen.proof.hops.people import person
from cicdgen.rehearsal.timeline import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cicdgen.aws.sandbox import Clients
    from cicdgen.cloudformation import Text
    from cicdgen.iam import Request
    from cicdgen.proof.hops.site import Site
    from cicdgen.rehearsal.naming import Names

_ALLOW = "Allow"


@dataclass(eq=False)
class SecondOpinion:
    """What the sandbox's IAM says.

    Attributes:
        clients: how the sandbox is reached.
        site: the stack.
        names: the names that things got in the sandbox.
        known: what was said before, in this sandbox or another one of the same template.
    """

    clients: Clients
    site: Site
    names: Names
    known: dict[object, str]

    def differs(self, ways: Sequence[Request], verdict: Verdict) -> str:
        """How it differs from a verdict of ours; empty if it does not.

        Args:
            ways: the requests that AWS may make of a call: it is enough that one is allowed.
            verdict: what we say.
        """
        if verdict is Verdict.UNKNOWN:
            return ""  # It is a fault as it is.
        said = [self._said(way) for way in ways]
        if not all(said):
            return ""
        theirs = Verdict.ALLOWED if _ALLOW in said else Verdict.DENIED
        if theirs is verdict:
            return ""
        way = ways[0]
        return (
            f"two opinions on whether {self.site.who(way.principal)} may {way.action} on"
            f" {way.resource}: {verdict.value} to the model, {', '.join(said)} to the sandbox"
        )

    def _said(self, way: Request) -> str:
        """The decision on a request; empty if there is nobody to ask about."""
        values = ((key, way.context.get(key)) for key in way.context)
        # What may have any value is left out: the verdict holds for that, too.
        context = {key: value for key, value in values if not isinstance(value, Presence)}
        asked = (way.principal, way.action, way.resource, *sorted(context.items()))
        if asked not in self.known:
            self.known[asked] = self._decided(way, context)
        return self.known[asked]

    def _decided(self, way: Request, context: Mapping[str, tuple[Text, ...]]) -> str:
        caller = self._caller(way)
        if caller is None:
            return ""
        example = self.names.example
        question = {
            "caller": caller,
            "action": way.action,
            "resource": example(way.resource),
            "context": {key: [*map(example, values)] for key, values in context.items()},
        }
        return self.clients.decide(json.dumps(question))

    def _caller(self, way: Request) -> dict[str, str] | None:
        match way.principal:
            case RoleSession() as session if session == person(self.site):
                return {}
            case RoleSession(role=role):
                return {"Role": self.names.of(role).rpartition("/")[2]}
            case Service() as service:
                return {"Service": self.names.of(service.text)}
            case _:
                return None
