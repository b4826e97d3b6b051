"""CodePipeline's pipelines, stored and described. No pipeline runs."""

from __future__ import annotations

import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services.cloudformation.provisioners import _physical_name

from .stored import Json, RefusedRequest, add_service, add_type, api, tags

_pipelines = AccountRegionScopedDict()
_ARTIFACT_STORES = {"ArtifactStore", "ArtifactStores"}


def teach() -> None:
    """Take the type, and answer what is stored."""
    add_type("AWS::CodePipeline::Pipeline", create=_create, update=_update, delete=_delete)
    add_service(
        "codepipeline",
        "CodePipeline_20150709",
        {
            "GetPipeline": _get,
            "ListPipelines": lambda _: {
                "pipelines": [
                    {"name": name, "version": kept["pipeline"]["version"]}
                    for name, kept in sorted(_pipelines.items())
                ]
            },
            "GetPipelineState": _state,
            "ListPipelineExecutions": _executions,
            "ListTagsForResource": lambda asked: {
                "tags": _kept(asked["resourceArn"].rpartition(":")[2])["tags"]
            },
        },
    )


def _create(logical_id: str, properties: Json, stack: str) -> tuple[str, Json]:
    name = properties.get("Name") or _physical_name(stack, logical_id)
    if name in _pipelines:
        message = f"A pipeline with the name '{name}' already exists"
        raise ValueError(message)
    return _put(name, properties, version=1)


def _put(name: str, properties: Json, *, version: int) -> tuple[str, Json]:
    stores = _ARTIFACT_STORES & properties.keys()
    if len(stores) != 1:
        # codepipeline/API_PipelineDeclaration.
        message = "a pipeline has either ArtifactStore or ArtifactStores"
        raise ValueError(message)
    declared = {
        key: value for key, value in properties.items() if key not in {"Tags", "Name", "Stages"}
    }
    _pipelines[name] = {
        "pipeline": {
            **api(declared),
            "name": name,
            "version": version,
            "stages": [_stage(stage) for stage in properties["Stages"]],
        },
        "metadata": {
            "pipelineArn": f"arn:aws:codepipeline:{get_region()}:{get_account_id()}:{name}",
            "created": time.time(),
            "updated": time.time(),
        },
        "tags": tags(properties),
    }
    return name, {"Version": str(version)}


def _stage(stage: Json) -> Json:
    """A stage as the API spells it: an action's configuration has keys of its provider's."""
    actions = [
        {
            **api({key: value for key, value in action.items() if key != "Configuration"}),
            "configuration": action.get("Configuration", {}),
        }
        for action in stage["Actions"]
    ]
    rest = api({key: value for key, value in stage.items() if key != "Actions"})
    return {**rest, "actions": actions}


def _update(name: str, old: Json, new: Json, stack: str) -> tuple[str, Json]:
    wanted = new.get("Name") or name
    if wanted != name:
        made = _create(wanted, new, stack)
        _delete(name, old)
        return made
    return _put(name, new, version=_pipelines[name]["pipeline"]["version"] + 1)


def _delete(name: str, _properties: Json) -> None:
    _pipelines.pop(name, None)


def _get(asked: Json) -> Json:
    kept = _kept(asked["name"])
    return {"pipeline": kept["pipeline"], "metadata": kept["metadata"]}


def _state(asked: Json) -> Json:
    """Each stage and action without an execution, as a pipeline is that has never run."""
    pipeline = _kept(asked["name"])["pipeline"]
    return {
        "pipelineName": pipeline["name"],
        "pipelineVersion": pipeline["version"],
        "stageStates": [
            {
                "stageName": stage["name"],
                "inboundTransitionState": {"enabled": True},
                "actionStates": [{"actionName": action["name"]} for action in stage["actions"]],
            }
            for stage in pipeline["stages"]
        ],
    }


def _executions(asked: Json) -> Json:
    """None: nothing runs here."""
    _kept(asked["pipelineName"])
    return {"pipelineExecutionSummaries": []}


def _kept(name: str) -> Json:
    if name not in _pipelines:
        raise RefusedRequest(
            "PipelineNotFoundException", f"The account does not have a pipeline named '{name}'"
        )
    found: Json = _pipelines[name]
    return found
