"""cfn-lint, quickened, says what cfn-lint says."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cfnlint
import pytest
from cfnlint.context.context import Context
from cfnlint.jsonschema.validators import CfnTemplateValidator

from cicdgen.lint import Linter
from cicdgen.lint.quicker import Json, evolve, quicken

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ROOT = Path(__file__).parents[2]
DATA = sorted(Path(cfnlint.__file__).parent.glob("data/schemas/**/*.json"))
BAD = (
    '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicNames": "a"}}, '
    '"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Nothing"}}}}}'
)


@pytest.fixture(autouse=True)
def quickened() -> None:
    """As a linter does it when it loads its rules."""
    Linter().load()


def test_it_takes_hold() -> None:
    """In the version that is locked here, every name is where it is looked for."""
    for name in ("cfnlint.context.context", "cfnlint.jsonschema._filter"):
        assert import_module(name).fields is not dataclasses.fields
    for name in ("cfnlint.helpers", "cfnlint.schema.manager"):
        assert isinstance(import_module(name).json, Json)
    quicken()


@pytest.mark.parametrize("kind", [Context, CfnTemplateValidator], ids=lambda kind: kind.__name__)
def test_the_fields_are_the_same(kind: type) -> None:
    """Those that `dataclasses` tells."""
    module = import_module("cfnlint.context.context")

    assert dataclasses.is_dataclass(kind)
    assert dataclasses.fields(kind) == module.fields(kind)


def test_a_copy_of_a_context_is_the_same() -> None:
    """Field by field what cfn-lint's own copy is, which is asked by its source."""
    module = import_module("cfnlint.context.context")
    assert evolve is module.Context.evolve
    original = _own_evolve(module)
    context = Context(regions=["us-east-1"], ref_values={"A": "1"})
    assert () == context.module_names

    for changes in ({}, {"ref_values": {"B": "2"}}, {"strict_types": False, "functions": ["Ref"]}):
        ours, theirs = evolve(context, **changes), original(context, **changes)

        assert vars(theirs) == vars(ours)
        assert {"A": "1"} == context.ref_values


def _own_evolve(module: ModuleType) -> Callable[..., Context]:
    """The method as it stands in cfn-lint's file."""
    tree = ast.parse(inspect.getsource(module))
    (found,) = (
        inner
        for outer in tree.body
        if isinstance(outer, ast.ClassDef) and outer.name == "Context"
        for inner in outer.body
        if isinstance(inner, ast.FunctionDef) and inner.name == "evolve"
    )
    names: dict[str, Any] = dict(vars(module))
    exec(compile(ast.Module([found], []), "context.py", "exec"), names)  # noqa: S102 - cfn-lint's own
    made: Callable[..., Context] = names["evolve"]
    return made


def test_the_data_are_the_same() -> None:
    """Each file that cfn-lint reads is read to the same values, of the same types."""
    assert DATA
    for path in DATA[::40]:
        text = path.read_text(encoding="utf-8")

        assert repr(json.loads(text)) == repr(Json.loads(text)), path


def test_what_is_no_reading_is_jsons_own() -> None:
    """Writing, and the errors."""
    assert "[1]" == Json().dumps([1])


def test_the_findings_are_the_same(tmp_path: Path) -> None:
    """On a template with faults, as the command line that nobody has quickened finds them."""
    path = tmp_path / "bad.json"
    path.write_text(BAD, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "json", "--", str(path)]
    plain = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)

    ours = {
        (finding.rule, finding.line, finding.column, finding.message)
        for finding in Linter().lint_file(path, "bad.json", [])
        if not finding.rule[1:].startswith("95") and finding.rule[0] != "I"
    }

    assert ours == {
        (
            each["Rule"]["Id"],
            each["Location"]["Start"]["LineNumber"],
            each["Location"]["Start"]["ColumnNumber"],
            " ".join(each["Message"].split()),
        )
        for each in plain
    }
    assert {"E3002", "E1020"} <= {rule for rule, *_ in ours}
