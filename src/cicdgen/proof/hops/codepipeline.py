"""CodePipeline: what a pipeline does itself, as its role or as an action's.

Sources: codepipeline/how-to-custom-role, codepipeline/action-reference-PROVIDER,
codepipeline/S3-artifact-encryption.
"""

from collections.abc import Iterator
from dataclasses import replace

from cicdgen.iam import UNKNOWN, RoleSession, Service
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop, Strength
from cicdgen.proof.hops import trust
from cicdgen.proof.hops.codepipeline_actions import PROVIDERS
from cicdgen.proof.hops.codepipeline_turn import Turn, artifacts
from cicdgen.proof.hops.pipelines import Action, Pipeline, pipelines
from cicdgen.proof.hops.site import Site, at

_SERVICE = Service("codepipeline.amazonaws.com")
_LOOK = ("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning")


def hops(site: Site) -> Iterator[Hop | Doubt]:
    """What every pipeline does."""
    for pipeline in pipelines(site):
        given = pipeline.resource.properties.get("RoleArn")
        path = at(pipeline.resource, "RoleArn")
        role = site.role(given)
        if role is None:
            yield trust.stranger(pipeline.resource, path, given)
            continue
        # No page tells whether CodePipeline says for which pipeline it assumes a role.
        source = {"aws:SourceArn": UNKNOWN, "aws:SourceAccount": UNKNOWN}
        yield trust.assume(site, _SERVICE, role, pipeline.resource, path, source)
        yield from _look(site, pipeline, role)
        for action in pipeline.actions:
            yield from _act(site, pipeline, action, role)


def _look(site: Site, pipeline: Pipeline, role: RoleSession) -> Iterator[Hop]:
    """Before it writes, a pipeline may look at its artifact store."""
    for store in pipeline.stores:
        yield Hop(
            id="codepipeline.look-at-store",
            of=pipeline.resource.logical_id,
            path=store.path,
            who=site.who(role),
            calls=tuple(site.call(role, action, store.bucket.arn) for action in _LOOK),
            why="CodePipeline may look at the artifact bucket before it writes.",
            source="codepipeline/how-to-custom-role",
            strength=Strength.SAFE_SIDE,
        )


def _act(
    site: Site, pipeline: Pipeline, action: Action, role: RoleSession
) -> Iterator[Hop | Doubt]:
    """One action: become its role if it has one, move its artifacts, call what it is for."""
    actor = role
    if action.role is not None:
        own = site.role(action.role)
        if own is None:
            yield trust.stranger(pipeline.resource, action.path, action.role)
            return
        if own != role:
            yield Hop(
                id="codepipeline.assume-action-role",
                of=pipeline.resource.logical_id,
                path=(*action.path, "RoleArn"),
                who=site.who(role),
                calls=(site.call(role, "sts:AssumeRole", own.role),),
                why=f"The action {action.name} has a role of its own.",
                source="codepipeline/how-to-custom-role",
            )
            # No page tells whether the pipeline moves such an action's artifacts itself.
            beside = Turn(site=site, pipeline=pipeline, action=action, role=role)
            for hop in artifacts(beside, into=action.outputs, out_of=action.inputs):
                yield replace(hop, strength=Strength.OPTIONAL)
        actor = own
    turn = Turn(site=site, pipeline=pipeline, action=action, role=actor)
    provider = PROVIDERS.get(action.kind)
    if provider is None:
        because = f"what the action {action.name} does: {action.kind} is not modelled"
        yield Doubt(check="hops", path=action.path, because=because)
        return
    yield from provider(turn)
