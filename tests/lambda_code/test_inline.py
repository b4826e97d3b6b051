import ast
import sys
from pathlib import Path

import pytest
from tests.lambda_code.conftest import LAMBDA_CODE

FILES = [
    pytest.param(file, id=file.stem)
    for file in (LAMBDA_CODE / f"{name}.py" for name in ("bootstrap", "deployer", "hook"))
]


@pytest.mark.parametrize("file", FILES)
def test_inline_code_is_ascii(file: Path) -> None:
    """An inline file is the same bytes in every encoding that it may pass through."""
    assert file.read_bytes().isascii()


@pytest.mark.parametrize("file", FILES)
def test_inline_code_imports_only_what_lambda_ships(file: Path) -> None:
    """An inline file has nothing beside it: it lives off the runtime."""
    nodes = [*ast.walk(ast.parse(file.read_text(encoding="ascii")))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    shipped = sys.stdlib_module_names | {"boto3", "botocore"}

    assert not {name.partition(".")[0] for name in names} - shipped
