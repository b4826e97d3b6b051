"""What a person needs next, as the stack's outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Equals, Output, Ref, Sub

from cicdgen.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.blueprint import Blueprint
    from cicdgen.config.schema import Config

CONSOLE_CONDITION = "HasConsoleLinks"


def conditions() -> dict[str, Equals]:
    """Console links are made only where their host is known: in AWS's commercial partition."""
    return {CONSOLE_CONDITION: Equals(Ref("AWS::Partition"), "aws")}


def outputs(blueprint: Blueprint, config: Config) -> Iterator[Output]:
    """The outputs, in the order in which a person needs them."""
    names = Names(config.prefix)
    source = blueprint.storage.source
    yield Output(
        "SourceBucket",
        Description="Upload the source here, under SourceKey: that starts the pipeline",
        Value=Ref(source),
    )
    yield Output("SourceKey", Value=config.source.object_key)
    yield Output("PipelineName", Value=Ref(blueprint.pipeline.pipeline))
    yield Output("FunctionName", Value=Ref(blueprint.function.function))
    yield Output(
        "AliasArn",
        Description="Invoke this: the function's name alone reaches unreleased code",
        Value=Ref(blueprint.function.alias),
    )
    yield Output("TopicArn", Value=Ref(blueprint.notices.topic))
    yield _link(
        "PipelineLink",
        f"codesuite/codepipeline/pipelines/{names.pipeline}/view",
    )
    yield _link("FunctionLink", f"lambda/home#/functions/{names.function}")


def _link(title: str, place: str) -> Output:
    return Output(
        title,
        Condition=CONSOLE_CONDITION,
        Value=Sub(f"https://${{AWS::Region}}.console.aws.amazon.com/{place}"),
    )
