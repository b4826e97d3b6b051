"""A pipeline has one artifact store, or one for each region that it acts in.

With both, with neither, with an entry that names no region or with an action in a region that has
no store, CodePipeline refuses the pipeline (failure 8).

Source: AWSCloudFormation/aws-resource-codepipeline-pipeline,
codepipeline/actions-create-cross-region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.pipeline import PIPELINE, actions
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Path, Resource, Stack, Text

NAME = "artifact-store"
_SOURCE = "codepipeline/actions-create-cross-region"


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every pipeline."""
    here = stack.pseudo_parameters["AWS::Region"]
    for pipeline in stack.of_type(PIPELINE):
        place = Place.of(pipeline)
        one, several = place.at("ArtifactStore"), place.at("ArtifactStores")
        if one.is_given == several.is_given:
            have = "both ArtifactStore and ArtifactStores" if one.is_given else "no artifact store"
            yield _flaw(place.path, f"the pipeline has {have}", "give it exactly one of the two")
            continue
        regions = []
        for store in several.members():
            for needed in ("Region", "ArtifactStore"):
                if not store.at(needed).is_given:
                    fix = "give each entry of ArtifactStores a Region and an ArtifactStore"
                    yield _flaw(store.path, f"this entry of ArtifactStores has no {needed}", fix)
            if (region := store.at("Region").text) is not None:
                regions.append(region)
        yield from _acted_in(pipeline, regions if several.is_given else [here], here)


def _acted_in(pipeline: Resource, regions: list[Text], here: Text) -> Iterator[Remark]:
    for action in actions(pipeline):
        place = action.place.at("Region")
        region = place.text or here
        if region in regions:
            continue
        answers = [region.equals(known) for known in regions]
        if None in answers or not regions:
            because = f"whether {region} is a region with an artifact store"
            yield Doubt(check=NAME, path=place.path, because=because)
            continue
        yield _flaw(
            place.path,
            f"{action.name} acts in {region}, which has no artifact store",
            "list a store for each region that the pipeline acts in, its own included",
        )


def _flaw(path: Path, message: str, fix: str) -> Flaw:
    return Flaw(check=NAME, path=path, message=message, fix=fix, source=_SOURCE)
