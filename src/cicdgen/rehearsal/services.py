"""The services of one scenario, and what connects them to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.rehearsal.actions import Parts
from cicdgen.rehearsal.awslambda import Lambda
from cicdgen.rehearsal.cloudwatch import CloudWatch, Metrics
from cicdgen.rehearsal.codebuild import CodeBuild
from cicdgen.rehearsal.codedeploy import CodeDeploy
from cicdgen.rehearsal.codepipeline import CodePipeline
from cicdgen.rehearsal.deployment import Mover
from cicdgen.rehearsal.events import Events
from cicdgen.rehearsal.jobs import Jobs
from cicdgen.rehearsal.lambda_deploy import LambdaDeploy
from cicdgen.rehearsal.notices import Notices
from cicdgen.rehearsal.repositories import Repositories
from cicdgen.rehearsal.s3 import S3
from cicdgen.rehearsal.uploading import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cicdgen.rehearsal.endpoint import Service
    from cicdgen.rehearsal.naming import Names
    from cicdgen.rehearsal.objects import Objects
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.sandboxed import Sandboxed
    from cicdgen.rehearsal.second_opinion import SecondOpinion
    from cicdgen.rehearsal.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What the models stand on.

    Attributes:
        names: the names of what the template does not name.
        objects: where objects lie.
        sandbox: an embedded AWS that keeps what the models keep, if there is one.
        second: who is asked about every verdict once more, if anybody is.
    """

    names: Names
    objects: Objects
    sandbox: Sandboxed | None = None
    second: SecondOpinion | None = None


class Services:
    """The services of one scenario.

    Args:
        stage: the template.
        run: the scenario.
        behind: what the models stand on.
        breaking: the category of the actions that have a command which fails; empty for none.
        failing: the share of a version's requests that fail, by function and version.
    """

    def __init__(
        self,
        stage: Stage,
        run: Run,
        behind: Behind,
        breaking: str,
        failing: Callable[[str, str], float],
    ) -> None:
        catalogue = stage.catalogue
        self.metrics = Metrics(run)
        self.notices = Notices(run, catalogue, behind.sandbox)
        self.events = Events(run, self.notices, self.metrics)
        self.s3 = S3(run, behind.objects)
        self.s3.elsewhere = frozenset(run.names.of(each) for each in stage.buckets_elsewhere)
        self.functions = Lambda(run, self.s3, catalogue, stage.host, behind.sandbox)
        self.jobs = Jobs(run, self.functions, catalogue, self.metrics)
        self.repositories = Repositories(run=run)
        self.cloudwatch = CloudWatch(
            run=run,
            metrics=self.metrics,
            notices=self.notices,
            functions=self.functions,
            failing=failing,
        )
        self.codedeploy = self._codedeploy(stage, run)
        self.pipeline = CodePipeline(
            run,
            s3=self.s3,
            events=self.events,
            catalogue=catalogue,
            parts=self._parts(stage, run, breaking),
        )
        self.events.start_pipeline = self.pipeline.start
        self.arrivals = Arrivals(
            run=run,
            s3=self.s3,
            events=self.events,
            repositories=self.repositories,
            begin=self.pipeline.begin,
        )

    @property
    def served(self) -> Mapping[str, Service]:
        """What code may call over HTTP, as requests are signed for it."""
        return {
            "codedeploy": self.codedeploy,
            "codepipeline": self.jobs,
            "lambda": self.functions,
            "s3": self.s3,
        }

    def _codedeploy(self, stage: Stage, run: Run) -> CodeDeploy:
        codedeploy = CodeDeploy(run)
        mover = Mover(
            run=run,
            codedeploy=codedeploy,
            functions=self.functions,
            cloudwatch=self.cloudwatch,
            events=self.events,
            catalogue=stage.catalogue,
        )
        codedeploy.begin = mover.begin
        return codedeploy

    def _parts(self, stage: Stage, run: Run, breaking: str) -> Parts:
        """What the actions of the pipeline reach."""
        return Parts(
            codebuild=CodeBuild(
                run=run,
                catalogue=stage.catalogue,
                s3=self.s3,
                metrics=self.metrics,
                given=stage.options.artifacts,
                breaking=breaking,
                shop=stage.shop,
            ),
            jobs=self.jobs,
            functions=LambdaDeploy(
                run=run,
                functions=self.functions,
                cloudwatch=self.cloudwatch,
                catalogue=stage.catalogue,
            ),
            notices=self.notices,
            repositories=self.repositories,
            approves=stage.options.approves,
        )
