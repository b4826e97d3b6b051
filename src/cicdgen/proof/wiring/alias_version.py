"""The alias that a deployment moves stands on a published version of its own function.

CodeDeploy moves traffic from the version behind the alias to another; `$LATEST` is no version that
it can keep, and a version of another function is refused (failure 15).
Source: codedeploy/reference-appspec-file-structure-resources, lambda/configuration-aliases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import actions_of_kind
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of
from cicdgen.proof.parts.release import lambda_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "alias-version"
_PAGE = "lambda/configuration-aliases"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at the aliases of a template that releases functions through an alias."""
    groups = list(lambda_groups(stack))
    shifted = [
        action
        for action in actions_of_kind(stack, "Deploy/AWS/Lambda")
        if action.configuration.at("FunctionAlias").is_given
    ]
    aliases = list(stack.of_type("AWS::Lambda::Alias"))
    if not groups and not shifted:
        return
    if not aliases:
        where = groups[0].path if groups else shifted[0].place.path
        because = "the template makes no alias, and the deployment needs one on a version"
        yield Doubt(check=NAME, path=where, because=because)
    for alias in aliases:
        yield from _stands(stack, alias)


def _stands(stack: Stack, alias: Resource) -> Iterator[Remark]:
    place = Place.of(alias)
    version = place.at("FunctionVersion")
    if version.known == "$LATEST":
        yield Flaw(
            check=NAME,
            path=version.path,
            message=f"{alias.logical_id} stands on $LATEST: there is no version to go back to",
            fix="publish an AWS::Lambda::Version, and point the alias at its Version",
            source=_PAGE,
        )
        return
    for published in stack.of_type("AWS::Lambda::Version"):
        if version.text in (published.attribute("Version"), published.ref):
            mine = function_of(stack, place.at("FunctionName"))
            whose = Place.of(published).at("FunctionName")
            other = function_of(stack, whose)
            if isinstance(other, Elsewhere) and not other.is_named:
                because = f"whether {published.logical_id} is a version of the alias's function"
                yield Doubt(check=NAME, path=whose.path, because=because)
            if (
                not isinstance(mine, Elsewhere)
                and not isinstance(other, Elsewhere)
                and (mine is not other)
            ):
                yield Flaw(
                    check=NAME,
                    path=version.path,
                    message=f"{published.logical_id} is a version of {other.logical_id}, and"
                    f" {alias.logical_id} an alias of {mine.logical_id}",
                    fix=f"point it at a version of {mine.logical_id}",
                    source=_PAGE,
                )
            return
    if version.known is None:
        because = f"whether {version} is a published version"
        yield Doubt(check=NAME, path=version.path, because=because)
