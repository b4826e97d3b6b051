"""What travels in the template is the code of the files, and nothing but comments is lost."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from cicdgen import assets

ROOT = Path(__file__).parents[1]
FUNCTIONS = sorted((ROOT / "lambda_code").glob("*.py"), key=lambda path: path.stem)
BUILDSPECS = sorted((ROOT / "src" / "cicdgen" / "buildspecs").glob("*.yml"))


class _WithoutDocstrings(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        """Drop the docstring of a module, class or function."""
        super().generic_visit(node)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
        return node


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.stem)
def test_a_function_is_the_same_code(path: Path) -> None:
    """Without comments and docstrings it parses to the same tree as the file."""
    expected = _WithoutDocstrings().visit(ast.parse(path.read_text(encoding="utf-8")))

    assert ast.dump(expected) == ast.dump(ast.parse(assets.lambda_code(path.stem)))


@pytest.mark.parametrize("path", BUILDSPECS, ids=lambda path: path.stem)
def test_a_buildspec_is_the_same_commands(path: Path) -> None:
    """Without comments it is the same YAML, each command the same but for comment lines."""
    expected = _bare(yaml.safe_load(path.read_text(encoding="utf-8")))

    assert expected == _bare(yaml.safe_load(assets.buildspec(path.stem)))


def _bare(value: object) -> object:
    match value:
        case dict():
            return {key: _bare(inner) for key, inner in value.items()}
        case list():
            return [_bare(inner) for inner in value]
        case str():
            lines = value.splitlines()
            return [line for line in lines if line.strip() and not line.strip().startswith("#")]
    return value


def test_comments_do_not_travel() -> None:
    """The point of it: no comment is left in what travels."""
    texts = [assets.lambda_code(path.stem) for path in FUNCTIONS]
    texts += [assets.buildspec(path.stem) for path in BUILDSPECS]

    assert not [line for text in texts for line in text.splitlines() if line.strip()[:1] == "#"]
