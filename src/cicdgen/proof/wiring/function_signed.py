"""A function that takes signed code only is released from code that is signed.

With a code signing config that enforces, Lambda refuses each update with an unsigned package, and
nothing in a CodeBuild project signs unless somebody makes a signing job.
Sources: lambda/configuration-codesigning, signer/api-startsigningjob.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.buildspec import buildspecs
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, referent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.cloudformation.truth import Truth

NAME = "function-signed"
_SIGNS = re.compile(r"\bsigner\b|\bsigning\b", re.IGNORECASE)


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the functions with an alias, in every template with a pipeline."""
    if not any(stack.of_type("AWS::CodePipeline::Pipeline")):
        return
    for function in stack.of_type("AWS::Lambda::Function"):
        named = Place.of(function).at("CodeSigningConfigArn")
        if not named.is_given or not _is_released(stack, function):
            continue
        config = referent(stack, named, "AWS::Lambda::CodeSigningConfig")
        if isinstance(config, Elsewhere):
            because = f"whether {function.logical_id} takes unsigned code: {config.because}"
            yield Doubt(check=NAME, path=named.path, because=because)
            continue
        policy = Place.of(config).at("CodeSigningPolicies", "UntrustedArtifactOnDeployment")
        if policy.known == "Warn" or not policy.is_given:
            continue
        signs = _something_signs(stack)
        if signs is None or (policy.known is None and not signs):
            because = f"whether {function.logical_id} takes what no build is seen to sign"
            yield Doubt(check=NAME, path=named.path, because=because)
        elif not signs:
            yield Flaw(
                check=NAME,
                path=named.path,
                message=f"{function.logical_id} takes signed code only, and no build signs any:"
                " each release is refused",
                fix="make a signing job in the build, or set UntrustedArtifactOnDeployment: Warn",
                source="lambda/configuration-codesigning",
            )


def _is_released(stack: Stack, function: Resource) -> bool:
    """Whether it has an alias, which a release moves."""
    aliases = stack.of_type("AWS::Lambda::Alias")
    return any(function_of(stack, Place.of(a).at("FunctionName")) is function for a in aliases)


def _something_signs(stack: Stack) -> Truth:
    """Whether a build signs, by its buildspec; None if that of another build is not to be seen."""
    specs = list(buildspecs(stack))
    if any(_SIGNS.search(spec.text) for spec in specs):
        return True
    projects = sum(1 for _ in stack.of_type("AWS::CodeBuild::Project"))
    return None if len(specs) < projects else False
