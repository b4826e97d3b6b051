"""Network interfaces that Lambda and CodeBuild make in a VPC, as the role that they are given.

Sources: lambda/configuration-vpc; codebuild/use-codebuild-with-vpc, which lists more for builds.
"""

from collections.abc import Iterator

from cicdgen.cloudformation import Path, Resource, Shape, Text
from cicdgen.iam import RoleSession
from cicdgen.proof.hop import Hop, Strength
from cicdgen.proof.hops.site import Site

_NEEDED = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
_LISTED = {
    "lambda": ("DescribeSubnets", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"),
    "codebuild": (
        "DescribeDhcpOptions",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcs",
        "CreateNetworkInterfacePermission",
    ),
}


def _touched(site: Site, action: str) -> Iterator[Text]:
    """What an action is asked on: looking at something is asked on everything."""
    if action.startswith("Describe"):
        yield Text("*")
        return
    kinds = ["network-interface"]
    if action == "CreateNetworkInterface":
        kinds += ["subnet", "security-group"]
    for kind in kinds:
        some = Text.token(f"some {kind}", Shape.ID, because="AWS makes it up")
        yield site.arn("ec2", Text(f"{kind}/") + some)


def attach(site: Site, service: str, role: RoleSession, of: Resource, path: Path) -> Iterator[Hop]:
    """The hops of attaching something to its VPC."""
    for actions, strength in (
        (_NEEDED, Strength.DOCUMENTED),
        (_LISTED[service], Strength.SAFE_SIDE),
    ):
        yield Hop(
            id=f"{service}.attach-to-vpc",
            of=of.logical_id,
            path=path,
            who=site.who(role),
            calls=tuple(
                site.call(role, f"ec2:{action}", on)
                for action in actions
                for on in _touched(site, action)
            ),
            why=f"{of.logical_id} cannot run in its VPC.",
            source="lambda/configuration-vpc",
            strength=strength,
        )
