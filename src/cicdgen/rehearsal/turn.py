"""An action of a pipeline whose turn it is: what it is given, and what it hands on.

| rests on | behaviour |
| --- | --- |
| codepipeline/S3-artifact-encryption | artifacts are encrypted with the store's key |
| lambda/services-codepipeline | the names in an artifact's key are cut |
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Text
from cicdgen.proof.hops.cuts import cut
from cicdgen.rehearsal.elsewhere import name_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.iam import Principal
    from cicdgen.proof.hops.pipelines import Action, Pipeline
    from cicdgen.rehearsal.run import Run
    from cicdgen.rehearsal.s3 import S3

_PIPELINE, _ARTIFACT = 20, 10
"""How many characters of a name stay in a key. Source: lambda/services-codepipeline."""


class FailedError(Exception):
    """The action fails; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """Where an artifact lies."""

    name: str
    bucket: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An action whose turn it is.

    Attributes:
        run: the scenario.
        s3: where artifacts lie.
        pipeline: its pipeline.
        action: the action.
        stage: its stage.
        role: the role that it acts as.
        execution: the id of the run.
        revisions: the source's version, by action.
        artifacts: what was made so far; it puts what it makes there.
        settings: its configuration, with variables filled in.
        variables: what it puts out.
    """

    run: Run
    s3: S3
    pipeline: Pipeline
    action: Action
    stage: str
    role: Principal
    execution: str
    revisions: Mapping[str, str]
    artifacts: dict[str, Artifact]
    settings: Mapping[str, str]
    variables: dict[str, str]

    def setting(self, name: str) -> str:
        """One value of its configuration.

        Raises:
            FailedError: it is not there.
        """
        if name not in self.settings:
            raise FailedError(f"the action {self.action.name} has no {name}")
        return self.settings[name]

    def inputs(self) -> list[Artifact]:
        """The artifacts that it takes.

        Raises:
            FailedError: one was not made.
        """
        found = []
        for name in map(str, self.action.inputs):
            if name not in self.artifacts:
                raise FailedError(f"no action before {self.action.name} makes {name}")
            found.append(self.artifacts[name])
        return found

    def output(self, name: str) -> Artifact:
        """Where an artifact that it makes is to lie."""
        store = self.action.store
        if store is None:
            raise FailedError(f"{self.pipeline.resource.logical_id} has no artifact store")
        names = self.run.names
        digest = hashlib.sha256(f"{self.execution} {self.action.name} {name}".encode()).hexdigest()
        key = "/".join((self._cut(), names.of(cut(Text.literal(name), _ARTIFACT)), digest[:7]))
        made = store.bucket.resource
        bucket = name_in(store.bucket.arn) if made is None else made.name
        return Artifact(name=name, bucket=names.of(bucket), key=key)

    def _cut(self) -> str:
        """The pipeline's name as it stands in a key; CloudFormation may have made it up."""
        named, names = self.pipeline.resource.name, self.run.names
        short, whole = cut(named, _PIPELINE), names.of(named)
        if short.tokens:
            known = short.code.removesuffix(short.tokens[-1].mark)
            names.fix(short.tokens[-1], whole[len(known) : _PIPELINE])
        return names.of(short)

    def keep(self, who: Principal, name: str, body: bytes, source: str) -> None:
        """Put an artifact into the store, as somebody."""
        store = self.action.store
        made = self.output(name)
        under, headers = (None, {}) if store is None else (store.key, store.headers)
        self.s3.write(who, made.bucket, made.key, body, under=under, headers=headers, source=source)
        self.artifacts[name] = made
