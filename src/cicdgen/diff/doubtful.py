"""Changes that may permit more, and that nothing here can judge: each is told as unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cicdgen.diff.change import Effect
from cicdgen.diff.relevance import EXPOSED, GRANTING, JUDGED, OF_TEMPLATES, holds_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cicdgen.diff.change import PropertyChange, ResourceChange
    from cicdgen.diff.pairing import Pair

_PROVIDERS = frozenset({"AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider"})
_VOUCHING = frozenset({"ClientIdList", "SamlMetadataDocument", "Url"})
_NO_CONTENT = frozenset({"NotificationARNs", "Tags", "TimeoutInMinutes"})
_HARMLESS_MACROS = frozenset({"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23"})


class Doubt(NamedTuple):
    """A resource that may permit more, and why that is not known."""

    subject: str
    because: str


def doubts(changes: Iterable[ResourceChange], pair: Pair) -> Iterator[Doubt]:
    """The changed resources whose permissions cannot be judged."""
    macros = [name for name in pair.after.template.transforms if name not in _HARMLESS_MACROS]
    for change in changes:
        because = "" if change.effect is Effect.DELETE else _because(change, macros)
        if because:
            yield Doubt(change.logical_id, because)


def _because(change: ResourceChange, macros: list[str]) -> str:
    kind, changed = change.type, change.properties
    opened = kind == "AWS::Lambda::Url" and any(
        each.path[-1:] == ("AuthType",) and each.after == "NONE" for each in changed
    )
    guests = kind == "AWS::Cognito::IdentityPool" and any(
        each.path[-1:] == ("AllowUnauthenticatedIdentities",) and str(each.after).lower() != "false"
        for each in changed
        if each.after is not None
    )
    vouches = (
        kind in _PROVIDERS
        and change.effect is not Effect.ADD
        and any(not _VOUCHING.isdisjoint(map(str, each.path)) for each in changed)
    )
    made = kind.startswith("AWS::Serverless::") or _is_transformed(change)
    reasons = (
        (
            kind in JUDGED | EXPOSED and any(map(_is_open, changed)),
            "conditions that are open decide what it says, and there are too many to try",
        ),
        (macros and made, f"the macro {', '.join(macros)} makes its permissions"),
        (
            kind.startswith(OF_TEMPLATES) and any(map(_is_of_content, changed)),
            "its template lies elsewhere, and may hold anything",
        ),
        (kind.startswith(GRANTING), f"what {kind} grants is not judged here"),
        (
            kind not in JUDGED and any(map(holds_policy, changed)),
            f"policies of {kind} are not judged here",
        ),
        (guests, "guests get the pool's role for them"),
        (vouches, "whom it vouches for is not judged here"),
        (opened, "anyone may call the URL, if the function's policy lets them"),
    )
    return next((why for applies, why in reasons if applies), "")


def _is_of_content(change: PropertyChange) -> bool:
    """Whether a change is of what a nested template is made of, or with."""
    return _NO_CONTENT.isdisjoint(map(str, change.path))


def _is_open(change: PropertyChange) -> bool:
    return "Fn::If" in change.path or "'Fn::If'" in repr((change.before, change.after))


def _is_transformed(change: ResourceChange) -> bool:
    return any("Fn::Transform" in repr(each) for each in change.properties)
