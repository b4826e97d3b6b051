"""CloudWatch Logs: encrypting a log group as itself.

Source: logs/encrypt-log-data-kms.
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Text
from cicdgen.iam import Service
from cicdgen.proof.flaw import Doubt
from cicdgen.proof.hop import Hop
from cicdgen.proof.hops.encryption import MANAGED, calls, key_named
from cicdgen.proof.hops.site import Site
from cicdgen.proof.hops.streams import USE


def hops(site: Site) -> Iterator[Hop | Doubt]:
    """What every encrypted log group takes."""
    for group in site.every("AWS::Logs::LogGroup"):
        key = key_named(site, group.properties.get("KmsKeyId"))
        if key is None or key == MANAGED:
            continue
        path = group.properties.paths["KmsKeyId"]
        name = site.endpoint("logs").known
        if name is None:
            because = "who CloudWatch Logs is: the region is not known"
            yield Doubt(check="hops", path=path, because=because)
            continue
        service = Service(name)
        arn = site.arn("logs", Text("log-group:") + group.name)
        yield Hop(
            id="logs.encrypt",
            of=group.logical_id,
            path=path,
            who=name,
            calls=tuple(
                calls(site, service, key, USE, {"kms:EncryptionContext:aws:logs:arn": arn})
            ),
            why="The group cannot be created with this key.",
            source="logs/encrypt-log-data-kms",
        )
