"""What EventBridge's role may do: start this pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs import codepipeline

from cicdgen.policies.grant import Grant

if TYPE_CHECKING:
    from cicdgen.policies.grant import Arn


def start_pipeline(pipeline: Arn) -> Grant:
    """Start this pipeline (codepipeline/create-S3-source-events-cfn)."""
    return Grant(
        sid="StartPipeline",
        actions=(codepipeline.StartPipelineExecution,),
        on=(pipeline,),
        why="An upload starts the pipeline through this role; the pipeline's own role cannot be "
        "assumed by EventBridge.",
    )
