"""Which revisions of its sources a pipeline is told to start with.

Source: codepipeline/pipelines-trigger-source-overrides, codepipeline/API_SourceRevisionOverride.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cicdgen.rehearsal.run import DeniedError, UnmodelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.proof.hops.pipelines import Pipeline

_S3 = "Source/AWS/S3"
_OF_S3, _OF_OTHERS = {"S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"}, {"COMMIT_ID"}


def revisions(pipeline: Pipeline, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The source's revision by action, as StartPipelineExecution is told.

    Raises:
        DeniedError: CodePipeline takes none of it.
        UnmodelledError: it is told more than that.
    """
    if unknown := given.keys() - {"sourceRevisions"}:
        raise UnmodelledError(f"StartPipelineExecution with {', '.join(sorted(unknown))}")
    listed = given.get("sourceRevisions", [])
    if not isinstance(listed, list):
        raise DeniedError("ValidationException: sourceRevisions is no list")
    kinds = {a.name: a.kind for a in pipeline.actions if a.kind.startswith("Source/")}
    for each in listed:
        kind = kinds.get(each.get("actionName"))
        if kind is None:
            wrong = f"no source action is called {each.get('actionName')}"
            raise DeniedError(f"ValidationException: {wrong}")
        if each.get("revisionType") not in (_OF_S3 if kind == _S3 else _OF_OTHERS):
            words = f"{each.get('revisionType')} is not of {kind.rpartition('/')[2]}"
            raise DeniedError(f"ValidationException: {words}")
        if each["revisionType"] == "S3_OBJECT_KEY":
            raise UnmodelledError("S3_OBJECT_KEY in sourceRevisions")
        yield str(each["actionName"]), str(each["revisionValue"])
