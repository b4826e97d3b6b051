"""Buildspecs that lie in the source, put into the template: then they are looked at like others.

Source: codebuild/build-spec-ref (buildspec.yml at the root of the primary source, unless the
project names another file), codepipeline/action-reference-CodeBuild (which source is primary).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Template, Text
from cicdgen.proof.hops.pipelines import pipelines
from cicdgen.proof.hops.site import Site
from cicdgen.proof.parts.buildspec import PROJECT
from cicdgen.proof.parts.place import Place
from cicdgen.rehearsal.source import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack
    from cicdgen.proof.hops.pipelines import Action, Pipeline
    from cicdgen.rehearsal.source import Source

_FILE = "buildspec.yml"


def with_buildspecs(stack: Stack, source: Source | None) -> Template:
    """The template of a stack, with the buildspecs that a source has for it."""
    template = stack.template
    wanted = dict(_wanted(Site(stack)))
    if source is None or not wanted:
        return template
    files = files_of(source.body)
    body = copy.deepcopy(dict(template.body))
    for project, path in wanted.items():
        if path in files:
            text = files[path].decode("utf-8", "replace")
            body["Resources"][project]["Properties"]["Source"]["BuildSpec"] = f"{text}\n"
    return Template.read(body)


def buildspec_file(project: Resource) -> str:
    """The file in the source that has a project's buildspec; empty if the template has it."""
    place = Place.of(project).at("Source", "BuildSpec")
    if not place.is_given:
        return _FILE
    known = place.known
    if known is None or "\n" in known or known.lstrip()[:1] == "{" or known.startswith("arn:"):
        return ""
    return known.removeprefix("./")


def _wanted(site: Site) -> Iterator[tuple[str, str]]:
    """The projects whose buildspec is in the pipeline's source, and the file."""
    for pipeline in pipelines(site):
        made = {
            name for a in pipeline.actions if a.kind.startswith("Source/") for name in a.outputs
        }
        for project, actions in _builds(site, pipeline):
            path = buildspec_file(project)
            # What another build hands on is not known before it ran.
            if path and all(_primary(action) in made for action in actions):
                yield project.logical_id, path


def _builds(site: Site, pipeline: Pipeline) -> Iterator[tuple[Resource, list[Action]]]:
    found: dict[str, tuple[Resource, list[Action]]] = {}
    for action in pipeline.actions:
        if action.kind.endswith("/AWS/CodeBuild"):
            project = site.find(action.setting("ProjectName"), PROJECT)
            if project is not None:
                found.setdefault(project.logical_id, (project, []))[1].append(action)
    yield from found.values()


def _primary(action: Action) -> Text | None:
    named = action.setting("PrimarySource")
    if isinstance(named, Text):
        return named
    return action.inputs[0] if action.inputs else None
