"""Compare the evaluator with @cloud-copilot/iam-simulate on generated questions.

A developer's job, not a test that runs by itself: it needs node and a folder where the simulator
is installed. The simulator's licence (AGPL) is no licence of this project's, so it runs as a
process of its own and nothing of it is imported or shipped.

    python -m tests.iam.differential.compare FOLDER [COUNT] [SEED]

Known of version 0.1.173, and told apart below or left out of the questions: it replaces variables
in policies without a version; it lets no negated operator match a variable without a value; it
drops context keys of the form `kms:EncryptionContext:...`; it answers `ForAnyValue...IfExists` on
an absent key, where AWS's pages disagree; and it does not treat the root user apart.

FOLDER is one where `npm install` ran beside copies of `package.json` and `simulate.mjs`. The exit
code is 1 if the two disagree on a question for no reason that is listed below.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.iam.differential.questions import MULTIVALUED, generate

from cicdgen.iam import Anonymous, RoleSession, Service, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.iam.asking import Question

    from cicdgen.iam import Principal

THEIRS = {
    "Allowed": "allowed",
    "ImplicitlyDenied": "denied",
    "ExplicitlyDenied": "denied explicitly",
}


def main(folder: str, count: str = "4000", seed: str = "1") -> int:
    """Ask both, print how often they agree and where they do not; 1 if that is unexplained."""
    random = Random(int(seed))  # noqa: S311 - it makes examples
    questions = [generate(random) for _ in range(int(count))]
    tally: Counter[str] = Counter()
    for question, answer in zip(questions, _simulated(folder, questions), strict=True):
        ours = question.outcome
        theirs = THEIRS.get(answer.get("result", ""), "error")
        verdict = _verdict(question, ours, theirs, answer)
        tally[verdict] += 1
        if verdict.startswith("DISAGREE"):
            print(json.dumps(_shown(question, ours, theirs, answer), indent=1))  # noqa: T201
    for verdict, number in sorted(tally.items(), key=lambda item: -item[1]):
        print(f"{number:6} {verdict}")  # noqa: T201
    return int(any(verdict.startswith("DISAGREE") for verdict in tally))


def _verdict(question: Question, ours: str, theirs: str, answer: dict[str, Any]) -> str:
    if ours == theirs:
        return f"agree: {ours}"
    if theirs == "error":
        return f"not asked: the simulator refuses: {json.dumps(answer['error'])[:200]}"
    if ours == "unknown":
        return "unknown here"
    return _explained(question, theirs, answer) or f"DISAGREE: {ours} here, {theirs} there"


def _explained(question: Question, theirs: str, answer: dict[str, Any]) -> str | None:
    """Why the simulator is wrong, or was not asked the same."""
    if answer.get("ignored"):
        return f"the simulator ignores {', '.join(answer['ignored'])}"
    statements = [*question.identity, *(question.on_resource or ()), *(question.boundary or ())]
    if question.version is None and "${" in json.dumps(statements):
        # IAM/reference_policies_variables: without the version, variables are plain text.
        return "the simulator replaces variables in policies without a version"
    both_deny = "denied" in question.outcome and "denied" in theirs
    if both_deny and any(not _values(each.get("NotResource"), question) for each in statements):
        return "denied in both; whether NotResource denies it too is open here"
    if any(_tests_nothing(statement, question) for statement in statements):
        # IAM/reference_policies_variables, "Policy variables with no value": they do match.
        return "the simulator lets no negated operator match a variable without a value"
    return None


def _tests_nothing(statement: dict[str, Any], question: Question) -> bool:
    """Whether a negated operator compares with a variable that has no value."""
    return any(
        not _values(keys, question)
        for operator, keys in statement.get("Condition", {}).items()
        if "Not" in operator
    )


def _values(element: Any, question: Question) -> bool:  # noqa: ANN401 - JSON
    """Whether every variable in an element has a value."""
    known = {key.lower() for key in question.context}
    found = re.findall(r"\$\{([^,}]*)\}", json.dumps(element))
    return all(variable.lower() in known for variable in found)


def _simulated(folder: str, questions: Iterable[Question]) -> Iterable[dict[str, Any]]:
    lines = "\n".join(json.dumps(_simulation(question)) for question in questions)
    done = subprocess.run(
        ["node", "simulate.mjs"],
        cwd=Path(folder),
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _simulation(question: Question) -> dict[str, Any]:
    def policy(statements: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        body = {"Statement": list(statements)}
        return body if question.version is None else {"Version": question.version, **body}

    context: dict[str, Any] = dict(question.context)
    principal = question.principal
    if isinstance(principal, Service):
        context |= {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.name}
    elif isinstance(principal, Anonymous):
        context["aws:PrincipalAccount"] = "anonymous"
    else:
        context["aws:PrincipalIsAWSService"] = "false"
    identity = question.identity or ()
    return {
        "request": {
            "principal": _named(principal),
            "action": question.action,
            "resource": {"resource": str(question.resource), "accountId": question.account},
            "contextVariables": {
                key: list(value) if key in MULTIVALUED else value for key, value in context.items()
            },
        },
        "identityPolicies": [{"name": "Identity", "policy": policy(identity)}] if identity else [],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        "resourcePolicy": policy(question.on_resource) if question.on_resource else None,
        **(
            {"permissionBoundaryPolicies": [{"name": "B", "policy": policy(question.boundary)}]}
            if question.boundary is not None
            else {}
        ),
    }


def _named(principal: Principal) -> Any:  # noqa: ANN401 - a string, or their word for anyone
    match principal:
        case RoleSession():
            return principal.session_arn.code
        case User():
            return principal.arn.code
        case Service(name=name):
            return name
        case _:
            return {"type": "Anonymous"}


def _shown(question: Question, ours: str, theirs: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "ours": ours,
        "theirs": theirs,
        "answer": answer,
        "said": str(question.answer),
        "simulation": _simulation(question),
    }


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
