"""May a principal do an action on a resource? The answer, from a template's policies alone.

`collect(stack)` are the policies of a stack, `Request.of(...)` is a question, and
`decide(request, policies)` answers `Allowed`, `Denied` or `Unknown`, each with what it rests on.
`nearest_misses(request, policies)` tells what came closest where nothing allows a request.
"""

from cicdgen.iam.answer import Allowed, Answer, Denied, Unknown
from cicdgen.iam.collecting import collect
from cicdgen.iam.context import ABSENT, UNKNOWN
from cicdgen.iam.decide import decide
from cicdgen.iam.explain import Miss, nearest_misses
from cicdgen.iam.facts import ActionFacts, action_facts, actions_of, facts_version, services
from cicdgen.iam.policies import Policies
from cicdgen.iam.principal import (
    Anonymous,
    Federated,
    Principal,
    RoleSession,
    Root,
    Service,
    User,
)
from cicdgen.iam.request import Request
from cicdgen.iam.statement import Document, Effect, Origin, Statement

__all__ = [
    "ABSENT",
    "UNKNOWN",
    "ActionFacts",
    "Allowed",
    "Anonymous",
    "Answer",
    "Denied",
    "Document",
    "Effect",
    "Federated",
    "Miss",
    "Origin",
    "Policies",
    "Principal",
    "Request",
    "RoleSession",
    "Root",
    "Service",
    "Statement",
    "Unknown",
    "User",
    "action_facts",
    "actions_of",
    "collect",
    "decide",
    "facts_version",
    "nearest_misses",
    "services",
]
