"""A run that an upload starts builds that upload, and not the one after it.

Without a source revision in the target's input, CodePipeline takes the newest object when the run
begins. An input that names another action or a key that may not be overridden is refused.
Source: codepipeline/pipelines-trigger-source-overrides.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.wiring.event_matches import sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Stack
    from cicdgen.proof.parts.pipeline import Action
    from cicdgen.proof.parts.place import Place

NAME = "revision-pinned"
_VERSION = "$.detail.object.version-id"
_RECORDED = "$.detail.responseElements.x-amz-version-id"
"""Where a trail's event has it."""
_VALUE = re.compile(
    r'"revisionType"\s*:\s*"S3_OBJECT_VERSION_ID"\s*,\s*"revisionValue"\s*:\s*"([^"]*)"'
)
_PLACEHOLDER = re.compile(r"<[\w.-]+>")


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every rule that starts a pipeline with one S3 source."""
    for trigger, source in sourced(stack):
        template = trigger.target.at("InputTransformer", "InputTemplate")
        if template.known is None:
            because = "a run takes the newest object, which may not be the one that started it"
            yield Doubt(check=NAME, path=trigger.target.path, because=because)
            continue
        try:
            written = json.loads(_PLACEHOLDER.sub("x", template.known))
        except ValueError:
            yield _flaw(template.path, "the input is no JSON", "write a JSON object")
            continue
        yield from _taken(trigger.target.at("InputTransformer"), template)
        revisions = written.get("sourceRevisions") if isinstance(written, dict) else None
        listed = revisions if isinstance(revisions, list) else [revisions]
        for revision in listed:
            yield from _revision(revision, source, template.path)


def _taken(transformer: Place, template: Place) -> Iterator[Remark]:
    """The version is that of the event, and nothing is added to it."""
    paths = dict(transformer.at("InputPathsMap").fields())
    revision = _VALUE.search(template.known or "")
    names = _PLACEHOLDER.findall(revision[1]) if revision else []
    if revision is None or len(names) != 1:
        return
    if revision[1] != names[0]:
        message = f"the revision is {revision[1]}, and no version is called that"
        yield _flaw(template.path, message, f"set revisionValue to {names[0]} alone")
    given = transformer.at("InputPathsMap", names[0][1:-1])
    if given.is_unknown:
        because = f"what {names[0]} is: {given} is not known"
        yield Doubt(check=NAME, path=given.path, because=because)
    path = paths.get(names[0][1:-1])
    if path is not None and path.known is not None and path.known not in (_VERSION, _RECORDED):
        message = f"{names[0]} is {path}, and the event has its version at {_VERSION}"
        yield _flaw(path.path, message, f"take it from {_VERSION}")


def _revision(revision: object, source: Action, path: Path) -> Iterator[Remark]:
    if not isinstance(revision, dict):
        because = "the input names no sourceRevisions: a run takes the newest object"
        yield Doubt(check=NAME, path=path, because=because)
        return
    action, kind = revision.get("actionName"), revision.get("revisionType")
    if source.name.known is not None and action != source.name.known:
        message = f"the revision is for an action {action}, and the source action is {source.name}"
        yield _flaw(path, message, f"set actionName to {source.name}")
    allowed = source.configuration.at("AllowOverrideForS3ObjectKey").is_on
    if kind == "S3_OBJECT_KEY" and allowed is False:
        message = f"the input overrides the key, and {source.name} does not allow that"
        yield _flaw(path, message, 'set AllowOverrideForS3ObjectKey: "true" in the source action')
    elif kind not in {"S3_OBJECT_KEY", "S3_OBJECT_VERSION_ID"}:
        message = f"a source in S3 has no revision of the type {kind}"
        yield _flaw(path, message, "use S3_OBJECT_VERSION_ID")


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    source = "codepipeline/pipelines-trigger-source-overrides"
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=source)
