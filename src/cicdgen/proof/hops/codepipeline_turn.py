"""An action of a pipeline whose turn it is: what every provider does with it.

Source: codepipeline/how-to-custom-role, which lists the permissions of each provider.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cicdgen.cloudformation import Shape, Text, Value
from cicdgen.iam import RoleSession
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Call, Hop, Strength
from cicdgen.proof.hops.objects import read, write
from cicdgen.proof.hops.pipelines import Action, Pipeline
from cicdgen.proof.hops.site import Site


@dataclass(frozen=True, kw_only=True)
class Turn:
    """An action whose turn it is, and the role that it acts as."""

    site: Site
    pipeline: Pipeline
    action: Action
    role: RoleSession

    def hop(
        self,
        name: str,
        calls: tuple[Call, ...],
        why: str,
        source: str,
        strength: Strength = Strength.DOCUMENTED,
    ) -> Hop:
        """A hop of this action."""
        return Hop(
            id=f"codepipeline.{name}",
            of=self.pipeline.resource.logical_id,
            path=self.action.path,
            who=self.site.who(self.role),
            calls=calls,
            why=why,
            source=f"codepipeline/{source}",
            strength=strength,
        )

    def safe(
        self,
        name: str,
        actions: tuple[str, ...],
        on: Text,
        source: str,
        strength: Strength = Strength.SAFE_SIDE,
    ) -> Iterator[Hop]:
        """Hops that AWS lists for this provider, and that it may not make."""
        why = f"AWS lists it for the action {self.action.name}."
        for action in actions:
            yield self.hop(name, (self.site.call(self.role, action, on),), why, source, strength)

    def each(
        self,
        name: str,
        actions: tuple[str, ...],
        on: Text | tuple[Text, ...],
        why: str,
        source: str,
    ) -> Iterator[Hop]:
        """A hop for each action that the provider needs."""
        for action in actions:
            yield self.hop(name, (self.site.call(self.role, action, on),), why, source)

    def doubt(self, because: str) -> Doubt:
        """What cannot be told of this action."""
        return Doubt(check="hops", path=self.action.path, because=because)


Provider: TypeAlias = Callable[[Turn], Iterator[Hop | Doubt]]


def artifacts(turn: Turn, *, into: tuple[Text, ...], out_of: tuple[Text, ...]) -> Iterator[Hop]:
    """The artifacts that the pipeline moves itself."""
    store = turn.action.store
    if store is None:
        return
    for artifact in into:
        key = turn.pipeline.key_of(artifact)
        arn = turn.site.object_arn(store.bucket.arn, key)
        calls = write(
            turn.site, turn.role, store.bucket, key, under=store.key, headers=store.headers
        )
        why = f"The next stages never get {artifact}."
        yield turn.hop("write-artifact", calls, why, "how-to-custom-role")
        yield from turn.safe("write-artifact", ("s3:PutObjectAcl",), arn, "how-to-custom-role")
    for artifact in out_of:
        key = turn.pipeline.key_of(artifact)
        arn = turn.site.object_arn(store.bucket.arn, key)
        calls = read(turn.site, turn.role, store.bucket, key, under=store.key)
        why = f"The action {turn.action.name} never gets {artifact}."
        yield turn.hop("read-artifact", calls, why, "how-to-custom-role")
        yield from turn.safe(
            "read-artifact", ("s3:GetObject", "s3:GetObjectVersion"), arn, "how-to-custom-role"
        )


def named(turn: Turn, setting: str, service: str, front: str, *types: str) -> Text | None:
    """The ARN of what a setting names, in the template or not."""
    value: Value = turn.action.setting(setting)
    found = turn.site.find(value, *types)
    if found is not None:
        return found.arn
    if not isinstance(value, Text):
        return None
    return value if value.code.startswith("arn:") else turn.site.arn(service, Text(front) + value)


def some(what: str) -> Text:
    """A name that nobody knows before the pipeline runs."""
    return Text.token(what, Shape.WORD, because="it is known when the pipeline runs")
