"""A bucket's policy is about that bucket.

S3 refuses a policy with a statement about something else: `Policy has invalid resource`.
Source: AmazonS3/example-bucket-policies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.iam.pattern import matches
from cicdgen.proof.flaw import Flaw, Remark
from cicdgen.proof.parts.granted import in_template, policies_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "policy-about"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the policy of every bucket."""
    for policy in policies_of(stack).resource:
        if policy.service != "s3" or not policy.certain:
            continue
        for statement in in_template(stack, tuple(policy.document.statements)):
            resources = statement.resources
            if resources is None or resources.negated:
                continue
            for pattern, path in zip(resources.patterns, resources.paths, strict=True):
                code, own = str(pattern.parts[0]), policy.to.code
                inside = (own, f"{own}/key")
                if code.startswith(f"{own}/") or pattern.has_variables:
                    continue
                if any(matches(code, each) is not False for each in inside):
                    continue
                yield Flaw(
                    check=NAME,
                    path=path,
                    message=f"{statement} is about {pattern}, and hangs on {policy.to}: S3 refuses"
                    " the policy",
                    fix="name the bucket that the policy is for",
                    source="AmazonS3/example-bucket-policies",
                )
