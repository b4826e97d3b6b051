"""Mutants of what can be switched off, or made for something else: no policy shows it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cicdgen.cloudformation import Path
from cicdgen.cloudformation.values import Json
from cicdgen.proof.mutation.change import Change
from cicdgen.proof.mutation.kinds import Kind

_OFF: Mapping[str, tuple[tuple[str, Json], ...]] = {
    "AWS::CloudWatch::Alarm": (("ActionsEnabled", False),),
    "AWS::CodeBuild::Project": (("Visibility", "PUBLIC_READ"),),
    "AWS::CodeDeploy::Application": (("ComputePlatform", "Server"),),
    "AWS::CodePipeline::Pipeline": (("PipelineType", "V1"),),
    "AWS::Events::Rule": (("State", "DISABLED"),),
    "AWS::KMS::Key": (("Enabled", False), ("KeyUsage", "SIGN_VERIFY")),
    "AWS::Lambda::Function": (("ReservedConcurrentExecutions", 0),),
    "AWS::SNS::Topic": (("FifoTopic", True),),
}
"""By type, properties with the value that ends what the resource is there for."""


def switches(path: Path, value: Json, type_: str) -> Iterator[Change]:
    """Each switch of a resource, and each transition of a pipeline."""
    if path[2:] != ("Properties",) or not isinstance(value, dict):
        return
    for name, off in _OFF.get(type_, ()):
        yield Change(Kind.SWITCH_OFF, (*path, name), f"{path[1]} with {name} {off}", off)
    if type_ == "AWS::CodePipeline::Pipeline":
        for stage in _later(value.get("Stages")):
            closed = [{"StageName": stage, "Reason": "closed"}]
            at = (*path, "DisableInboundStageTransitions")
            yield Change(Kind.SWITCH_OFF, at, f"{path[1]} with {stage} closed", closed)
    if type_ == "AWS::CodeBuild::Project":
        yield from _types(path, value)


def _later(stages: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    for stage in stages[1:] if isinstance(stages, list) else ():
        if isinstance(stage, dict) and isinstance(stage.get("Name"), str):
            yield stage["Name"]


def _types(path: Path, project: Mapping[str, Any]) -> Iterator[Change]:
    """A project that fetches and keeps for itself, and one on the other processor."""
    for part, other in (("Source", "NO_SOURCE"), ("Artifacts", "NO_ARTIFACTS")):
        if isinstance(project.get(part), dict):
            what = f"{path[1]} with {other}"
            yield Change(Kind.SWITCH_OFF, (*path, part, "Type"), what, other)
    environment = project.get("Environment")
    if isinstance(environment, dict) and isinstance(environment.get("Type"), str):
        other = "LINUX_CONTAINER" if "ARM" in environment["Type"] else "ARM_CONTAINER"
        what = f"{path[1]} on {other}"
        yield Change(Kind.SWITCH_OFF, (*path, "Environment", "Type"), what, other)
