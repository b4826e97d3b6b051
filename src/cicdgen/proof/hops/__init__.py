"""The catalogue of run-time hops: what the parts of a stack must do, derived from its template.

One module for each service that calls, and the modules that those share. `hops_of` gathers them.
A hop is never guessed: what the template does not tell, or is not modelled, is a doubt.
"""

from collections.abc import Iterator

from cicdgen.iam import Policies
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Elsewhere, Hop
from cicdgen.proof.hops import (
    awslambda,
    cloudwatch,
    codebuild,
    codedeploy,
    codepipeline,
    events,
    hidden,
    logs,
    people,
    s3,
    sns,
)
from cicdgen.proof.hops.site import Site

CATALOGUE = "2026-11-24"
"""The day on which the hops were written down; each names the page that it rests on."""


def hops_of(site: Site, policies: Policies) -> Iterator[Hop | Doubt | Elsewhere]:
    """Every hop of a stack, and what cannot be told."""
    for module in (hidden, events, codepipeline, codedeploy, cloudwatch, logs, s3, sns):
        yield from module.hops(site)
    for reader in (codebuild, awslambda, people):
        yield from reader.hops(site, policies)
