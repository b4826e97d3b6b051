"""A comparison as one JSON document, versioned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cicdgen.cloudformation import written
from cicdgen.diff import Note
from cicdgen.reports.diff_words import closing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicdgen.diff import Comparison, PropertyChange, ResourceChange, Verdict

FORMAT = "cicdgen.diff/1"


def document(comparisons: Mapping[str, Comparison]) -> str:
    """Each comparison under the name of what was compared.

    `path` is a list of names and indexes from the template's root, and `place` the same in words;
    `notes` are the sides that hold words and no value, such as `(known after deploy)`.
    """
    content = {
        "format": FORMAT,
        "comparisons": [
            {"name": name, **comparison_document(each)} for name, each in comparisons.items()
        ],
    }
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """One comparison."""
    return {
        "summary": closing(comparison),
        "empty": comparison.is_empty,
        "dangers": [
            {"class": danger.value, "id": logical_id} for danger, logical_id in comparison.dangers
        ],
        "resources": [_resource(change) for change in comparison.resources],
        "permissions": [_verdict(verdict) for verdict in comparison.verdicts],
        "other": [_property(change) for change in comparison.other],
        "unchanged": comparison.unchanged,
    }


def _resource(change: ResourceChange) -> dict[str, Any]:
    return {
        "id": change.logical_id,
        "type": change.type,
        "effect": change.effect.name.lower(),
        "properties": [_property(each) for each in change.properties],
        "unchanged": change.unchanged,
        "dangers": sorted(danger.value for danger in change.dangers),
    }


def _property(change: PropertyChange) -> dict[str, Any]:
    return {
        "path": list(change.path),
        "place": written(change.path),
        "before": change.before,
        "after": change.after,
        "notes": [
            side
            for side, value in (("before", change.before), ("after", change.after))
            if isinstance(value, Note)
        ],
        "forces_replacement": change.forces_replacement,
        "may_force_replacement": change.may_replace,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    witness = verdict.witness
    return {
        "id": verdict.subject,
        "verdict": verdict.width.name.lower(),
        "because": verdict.because,
        "via": list(verdict.via),
        "witness": None
        if witness is None
        else {
            "principal": witness.principal,
            "action": witness.action,
            "resource": witness.resource,
            "context": dict(witness.context),
        },
    }
