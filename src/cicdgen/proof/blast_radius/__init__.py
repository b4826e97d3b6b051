"""What code that runs in a build, or in a function, could reach, and in how many steps.

Whoever gets code into a build has what the build's role has. From there: roles it may assume or
pass to a service that runs code, functions whose code it may change, other builds it may start with
commands of its own, objects that somebody else runs, and policies it may write itself. Each is a
step, found by asking the evaluator, and the way is walked breadth first: the first way is the
shortest.

Not every step is an attack: a build that makes the release is meant to decide what the function
runs. A `Limit` says what is too far.

Sources: IAM/access_policies_evaluation (privilege escalation), codebuild/API_StartBuild
(buildspecOverride), lambda/API_UpdateFunctionCode, kms/key-policies.
"""

from cicdgen.proof.blast_radius.graph import reaches
from cicdgen.proof.blast_radius.limit import CHECK, Limit, beyond, check, limit_of
from cicdgen.proof.blast_radius.step import How, Power, Reach, Step

__all__ = [
    "CHECK",
    "How",
    "Limit",
    "Power",
    "Reach",
    "Step",
    "beyond",
    "check",
    "limit_of",
    "reaches",
]
