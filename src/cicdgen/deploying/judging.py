"""What a change set permits and protects: its template, compared with the one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.cloudformation import Account
    from cicdgen.cloudformation.values import Json
    from cicdgen.deploying.classes import Classify
    from cicdgen.deploying.happenings import Target
    from cicdgen.diff.change import Comparison

Values = tuple[tuple[str, str | None], ...]
"""Values of parameters by name; None for the one that the stack has."""


def judged(
    classify: Classify,
    target: Target,
    deployed: str,
    brought: Mapping[str, Json],
    was: Mapping[str, str],
    given: Values,
) -> Comparison:
    """What is different between the template that is there and the one that comes.

    Args:
        classify: compares two templates.
        target: where the stack lives.
        deployed: the template that is there; empty if nothing is.
        brought: the one that comes.
        was: the values of the stack's parameters that AWS shows.
        given: the values that it will have.
    """
    declared = brought.get("Parameters") or {}
    values = {name: was.get(name) if value is None else value for name, value in given}
    return classify(
        document_of(deployed),
        brought,
        account=_place_of(target),
        before_parameters=was,
        after_parameters={
            name: value
            for name, value in values.items()
            if value is not None and not _is_hidden(declared.get(name))
        },
    )


def _is_hidden(parameter: Json) -> bool:
    """Whether AWS never shows its value (NoEcho)."""
    return str((parameter or {}).get("NoEcho", "")).lower() == "true"


def document_of(text: str) -> dict[str, object]:
    """The template as a document; nothing for no text."""
    if not text:
        return {}
    from cicdgen.proof.reading import read  # noqa: PLC0415 - a new stack has none to read

    return dict(read(text, "the deployed template").body)


def visible(parameters: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The parameters whose values AWS shows: of the others it shows asterisks (NoEcho)."""
    return {name: value for name, value in parameters if set(value) != {"*"}}


def _place_of(target: Target) -> Account:
    from cicdgen.cloudformation import Account  # noqa: PLC0415 - a refusal compares nothing

    return Account(region=target.region, account=target.account, stack=target.stack)
