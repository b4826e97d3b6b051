"""Triggers of a pipeline: which pushes to a repository behind a connection start it.

| rests on | behaviour |
| --- | --- |
| codepipeline/pipelines-triggers | a trigger is there in place of the detection of changes |
| codepipeline/pipelines-filter | a branch that is excluded starts nothing, included or not |

Patterns, tags and paths of files are not modelled: which files change is not known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.run import UnmodelledError

if TYPE_CHECKING:
    from cicdgen.cloudformation import Resource

_PATTERN = re.compile(r"[*?\[\]{}]")


def has_triggers(pipeline: Resource) -> bool:
    """Whether a pipeline has triggers, so that it detects no changes besides."""
    return Place.of(pipeline).at("Triggers").is_given


def is_started_by_push(pipeline: Resource, action: str, branch: str) -> bool:
    """Whether a push to a branch starts a pipeline by one of its triggers.

    Args:
        pipeline: the pipeline.
        action: the name of the source action.
        branch: the branch that was pushed to.

    Raises:
        UnmodelledError: a trigger asks for what is not known.
    """
    for trigger in Place.of(pipeline).at("Triggers").members():
        place = trigger.at("GitConfiguration")
        if place.at("SourceActionName").known != action:
            continue
        filters = list(place.at("Push").members())
        if not filters and not place.at("PullRequest").is_given:
            return True
        if any(_matches(each, branch) for each in filters):
            return True
    return False


def _matches(push: Place, branch: str) -> bool:
    for name in ("Tags", "FilePaths"):
        if push.at(name).is_given:
            raise UnmodelledError(f"a trigger that asks for {name}")
    included = _names(push.at("Branches", "Includes"))
    excluded = _names(push.at("Branches", "Excludes"))
    return branch not in excluded and (not included or branch in included)


def _names(place: Place) -> list[str]:
    found = []
    for each in place.members():
        if each.known is None or _PATTERN.search(each.known):
            raise UnmodelledError(f"a trigger with the pattern {each}")
        found.append(each.known)
    return found
