"""CodeBuild's documented semantics, row by row, in real shells."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cicdgen.rehearsal.buildspec.build import UPLOAD, Build, Surroundings
from cicdgen.rehearsal.buildspec.network import Network
from cicdgen.rehearsal.buildspec.run import run
from cicdgen.rehearsal.buildspec.spec import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SPEC, ENV, CMD, PHASES = (
    "codebuild/build-spec-ref",
    "codebuild/build-env-ref-env-vars",
    "codebuild/build-env-ref-cmd",
    "codebuild/view-build-details-phases",
)
TREE = {
    "my-build-1/my-file-1.txt": "1",
    "my-build-2/my-file-2.txt": "2",
    "my-build-2/my-subdirectory/my-file-3.txt": "3",
    "target/app.jar": "jar",
    "target/.hidden": "dot",
    "target/deep/er/app.jar": "deep jar",
    "top.txt": "top",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A buildspec, and what AWS's page says of it.

    Attributes:
        source: the page, as guide/page.
        spec: the buildspec from its phases on; `version: 0.2` goes before it.
        log: what the commands print.
        ran: the phases of commands that run; None where all do.
        fails: a part of the reason of the first phase that fails; None where none does.
        files: the artifact's names.
        secondary: the names of the secondary artifacts.
        reports: the names of the report files.
        name: the artifact's name.
        exported: variables of the pipeline.
        version: `0.1` or `0.2`.
    """

    source: str
    spec: str
    log: str = ""
    ran: tuple[str, ...] | None = None
    fails: str | None = None
    files: set[str] | None = None
    secondary: Mapping[str, set[str]] | None = None
    reports: set[str] | None = None
    name: str | None = None
    exported: Mapping[str, str] | None = None
    version: str = "0.2"


def phase(*commands: str, name: str = "build", last: str = "", on_failure: str = "") -> str:
    """One phase, as a buildspec."""
    items = "".join(f"\n      - {each}" for each in commands)
    end = f"\n    finally:\n      - {last}" if last else ""
    then = f"\n    on-failure: {on_failure}" if on_failure else ""
    return f"phases:\n  {name}:{then}\n    commands:{items}{end}\n"


def artifact(rest: str) -> str:
    """A build that does nothing, and an artifact."""
    return f"{phase('true')}artifacts:\n  {rest}\n"


ENDS_AT_INSTALL, ENDS_AT_PRE_BUILD = ("install",), ("install", "pre_build")
ENDS_AT_BUILD = (*ENDS_AT_PRE_BUILD, "build")
EVERY = """phases:
  post_build: {commands: [echo 4]}
  pre_build: {commands: [echo 2]}
  build: {commands: [echo 3]}
  install: {commands: [echo 1]}
"""
THEN = "\n  post_build:\n    commands: [echo after $CODEBUILD_BUILD_SUCCEEDING]\n"

ROWS = {
    # Shells.
    "0.2 shares variables": Row(
        source=SPEC, spec=phase("shape=square", "echo $shape"), log="square\n"
    ),
    "0.2 shares the folder": Row(
        source=SPEC, spec=phase("cd target", "basename $PWD"), log="target\n"
    ),
    "0.2 shares across phases": Row(
        source=SPEC,
        spec="phases: {install: {commands: [a=1]}, build: {commands: [echo $a]}}",
        log="1\n",
    ),
    "0.1 isolates variables": Row(
        source=SPEC, version="0.1", spec=phase("export a=1", 'echo "a=$a"'), log="a=\n"
    ),
    "0.1 isolates the folder": Row(
        source=SPEC, version="0.1", spec=phase("cd target", "ls top.txt"), log="top.txt\n"
    ),
    "0.1 takes commands joined by &&": Row(
        source=CMD, version="0.1", spec=phase("cd target && ls app.jar"), log="app.jar\n"
    ),
    "0.1 has environment_variables/plaintext": Row(
        source=SPEC,
        version="0.1",
        spec="environment_variables: {plaintext: {A: b}}\n" + phase("echo $A"),
        log="b\n",
    ),
    "the default shell is sh": Row(
        source=CMD, spec=phase("'echo ${BASH_VERSION:-no bash}'"), log="no bash\n"
    ),
    "bash on request": Row(
        source=SPEC,
        spec="env: {shell: bash}\n" + phase("'[[ -n $BASH_VERSION ]] && echo bash'"),
        log="bash\n",
    ),
    "/bin/sh on request": Row(
        source=SPEC, spec="env: {shell: /bin/sh}\n" + phase("echo sh"), log="sh\n"
    ),
    "a block of lines is one command": Row(
        source=SPEC, spec=phase("|\n        false\n        echo on"), log="on\n"
    ),
    "a block is named by what it does": Row(
        source=SPEC,
        spec=phase(
            "|\n        set -eu\n        # no\n        cat nowhere.txt 2> log\n        echo no"
        ),
        fails="the block of 4 lines from “cat nowhere.txt 2> log” on ended with 1",
    ),
    # Phases.
    "phases run in their order, not in that of the file": Row(
        source=PHASES, spec=EVERY, log="1\n2\n3\n4\n"
    ),
    "commands run in the order listed": Row(
        source=SPEC, spec=phase("echo a", "echo b"), log="a\nb\n"
    ),
    "a failing command skips the rest": Row(
        source=SPEC, spec=phase("'false'", "echo not reached"), fails="“false” ended with 1"
    ),
    "finally runs after success": Row(
        source=SPEC, spec=phase("echo a", last="echo last"), log="a\nlast\n"
    ),
    "finally runs after failure": Row(
        source=SPEC, spec=phase("exit 3", last="echo last"), log="last\n", fails="ended with 3"
    ),
    "a failing finally fails its phase": Row(
        source=SPEC, spec=phase("'true'", last="'false'"), fails="“false” ended with 1"
    ),
    "install that fails ends the build": Row(
        source=PHASES, spec=phase("'false'", name="install"), ran=ENDS_AT_INSTALL, fails="false"
    ),
    "pre_build that fails ends the build": Row(
        source=PHASES, spec=phase("'false'", name="pre_build"), ran=ENDS_AT_PRE_BUILD, fails="false"
    ),
    "finally of an install that ends the build": Row(
        source=SPEC,
        spec=phase("'false'", name="install", last="echo last"),
        ran=ENDS_AT_INSTALL,
        log="last\n",
        fails="false",
    ),
    "build that fails goes on to post_build": Row(
        source=PHASES, spec=phase("'false'") + THEN, log="after 0\n", fails="false"
    ),
    "post_build that fails": Row(
        source=PHASES, spec=phase("'false'", name="post_build"), fails="false"
    ),
    "uploads are tried after a failed build": Row(
        source=PHASES,
        spec=phase("'false'") + "artifacts: {files: [top.txt]}",
        fails="false",
        files={"top.txt"},
    ),
    "uploads are tried after a failed post_build": Row(
        source=PHASES,
        spec=phase("'false'", name="post_build") + "artifacts: {files: [top.txt]}",
        fails="false",
        files={"top.txt"},
    ),
    "ABORT in build skips post_build and uploads": Row(
        source=SPEC,
        spec=phase("'false'", on_failure="ABORT") + THEN + "artifacts: {files: [top.txt]}",
        ran=ENDS_AT_BUILD,
        fails="false",
        files=set(),
    ),
    "ABORT does nothing without a failure": Row(
        source=SPEC, spec=phase("'true'", on_failure="ABORT") + THEN, log="after 1\n"
    ),
    "CONTINUE in install goes on": Row(
        source=SPEC, spec=phase("'false'", name="install", on_failure="CONTINUE"), fails="false"
    ),
    "CONTINUE in pre_build goes on": Row(
        source=SPEC, spec=phase("'false'", name="pre_build", on_failure="CONTINUE"), fails="false"
    ),
    "RETRY does nothing without a failure": Row(
        source=SPEC, spec=phase("echo a", on_failure="RETRY-3-.*timed out.*"), log="a\n"
    ),
    "a failed build fails, whatever follows": Row(
        source=PHASES,
        spec="phases:\n  build: {commands: ['false']}\n  post_build: {commands: ['true']}",
        fails="false",
    ),
    # Variables.
    "CODEBUILD_BUILD_SUCCEEDING is 1 at first": Row(
        source=ENV, spec=phase("echo $CODEBUILD_BUILD_SUCCEEDING"), log="1\n"
    ),
    "CODEBUILD_SRC_DIR is where the build starts": Row(
        source=ENV,
        spec=phase("cd /", "ls $CODEBUILD_SRC_DIR/top.txt | xargs basename"),
        log="top.txt\n",
    ),
    "CODEBUILD_SRC_DIR_name is a secondary source": Row(
        source=ENV, spec=phase("cat $CODEBUILD_SRC_DIR_Other/other.txt"), log="other\n"
    ),
    "the buildspec's variables replace the image's": Row(
        source=SPEC, spec="env: {variables: {COLOUR: blue}}\n" + phase("echo $COLOUR"), log="blue\n"
    ),
    "the project's variables replace the buildspec's": Row(
        source=SPEC, spec="env: {variables: {STAGE: dev}}\n" + phase("echo $STAGE"), log="prod\n"
    ),
    "variables are literal": Row(
        source=SPEC,
        spec="env: {variables: {WAY: '$COLOUR:/x'}}\n" + phase("echo $WAY"),
        log="$COLOUR:/x\n",
    ),
    "scalars are text as written": Row(
        source=SPEC,
        spec="env: {variables: {A: yes, B: 0755}}\n" + phase("echo $A $B"),
        log="yes 0755\n",
    ),
    "parameter-store": Row(
        source=SPEC,
        spec="env: {parameter-store: {P: /x}}\n" + phase("echo $P"),
        log="parameter /x\n",
    ),
    "secrets-manager": Row(
        source=SPEC,
        spec="env: {secrets-manager: {S: 'id:key:AWSCURRENT'}}\n" + phase("echo $S"),
        log="secret id:key:AWSCURRENT\n",
    ),
    "exported variables have their last value": Row(
        source=SPEC,
        spec="env: {exported-variables: [A]}\n"
        "phases: {build: {commands: [export A=1]}, post_build: {commands: [export A=2]}}",
        exported={"A": "2"},
    ),
    # Artifacts.
    "no artifacts": Row(source=SPEC, spec=phase("'true'"), files=set()),
    "one file": Row(source=SPEC, spec=artifact("files: [top.txt]"), files={"top.txt"}),
    "a file in a folder keeps its path": Row(
        source=SPEC, spec=artifact("files: [target/app.jar]"), files={"target/app.jar"}
    ),
    "discard-paths": Row(
        source=SPEC,
        spec=artifact("{files: [target/app.jar], discard-paths: yes}"),
        files={"app.jar"},
    ),
    "discard-paths: no": Row(
        source=SPEC,
        spec=artifact("{files: [target/app.jar], discard-paths: no}"),
        files={"target/app.jar"},
    ),
    "'**/*' is all files": Row(source=SPEC, spec=artifact("files: ['**/*']"), files={*TREE}),
    "'folder/*' stays in the folder": Row(
        source=SPEC,
        spec=artifact("files: ['target/*']"),
        files={"target/app.jar", "target/.hidden"},
    ),
    "'folder/**/*' goes down": Row(
        source=SPEC,
        spec=artifact("files: ['target/**/*']"),
        files={"target/app.jar", "target/.hidden", "target/deep/er/app.jar"},
    ),
    "base-directory is not in the names": Row(
        source=SPEC,
        spec=artifact("{files: ['*/my-file-3.txt'], base-directory: my-build-2}"),
        files={"my-subdirectory/my-file-3.txt"},
    ),
    "base-directory with a pattern, discard-paths": Row(
        source=SPEC,
        spec=artifact("{files: ['**/*'], base-directory: 'my-build*', discard-paths: yes}"),
        files={"my-file-1.txt", "my-file-2.txt", "my-file-3.txt"},
    ),
    "exclude-paths: a file from all directories": Row(
        source=SPEC,
        spec=artifact(
            "{files: ['**/*'], base-directory: target, exclude-paths: ['**/app.jar/**/*']}"
        ),
        files={".hidden"},
    ),
    "exclude-paths: all dot files": Row(
        source=SPEC,
        spec=artifact("{files: ['target/*'], exclude-paths: ['**/.*']}"),
        files={"target/app.jar"},
    ),
    "exclude-paths: * stays in its folder": Row(
        source=SPEC,
        spec=artifact("{files: ['**/*'], base-directory: target, exclude-paths: ['*.jar']}"),
        files={".hidden", "deep/er/app.jar"},
    ),
    "files are of the build's start, wherever a command went": Row(
        source=SPEC,
        spec=phase("cd target") + "artifacts: {files: [top.txt]}",
        files={"top.txt"},
    ),
    "a missing artifact fails the upload": Row(
        source=PHASES,
        spec=artifact("files: [nothing.zip]"),
        fails="no matching artifact paths found: nothing.zip",
    ),
    "a missing base directory fails the upload": Row(
        source=PHASES,
        spec=artifact("{files: ['**/*'], base-directory: nowhere}"),
        fails="no matching base directory path found",
    ),
    "name with a command in it": Row(
        source=SPEC,
        spec=artifact("{files: [top.txt], name: 'release-$(echo 7)-$COLOUR'}"),
        files={"top.txt"},
        name="release-7-red",
    ),
    "secondary artifacts": Row(
        source=SPEC,
        spec=artifact(
            "{files: [top.txt], secondary-artifacts: {one: {files: [target/app.jar]},"
            " two: {files: ['*'], base-directory: my-build-1}}}"
        ),
        files={"top.txt"},
        secondary={"one": {"target/app.jar"}, "two": {"my-file-1.txt"}},
    ),
    "a secondary artifact that is missing fails the upload": Row(
        source=PHASES,
        spec=artifact("{files: [top.txt], secondary-artifacts: {one: {files: [no.zip]}}}"),
        files={"top.txt"},
        fails="found of one: no.zip",
    ),
    # Reports, cache, proxy.
    "reports": Row(
        source=SPEC,
        spec=phase("'true'") + "reports: {tests: {files: ['*.jar'], base-directory: target}}",
        reports={"app.jar"},
    ),
    "reports follow a failed build": Row(
        source=PHASES,
        spec=phase("'false'") + "reports: {tests: {files: [top.txt], file-format: junitxml}}",
        reports={"top.txt"},
        fails="false",
    ),
    "a cache changes nothing": Row(
        source=SPEC, spec=phase("echo a") + "cache: {paths: ['/root/.m2/**/*']}", log="a\n"
    ),
    "proxy: no": Row(
        source=SPEC, spec="proxy: {upload-artifacts: no, logs: no}\n" + phase("echo a"), log="a\n"
    ),
}


class Store:
    """Answers for every parameter and secret."""

    def parameter(self, name: str) -> str:
        """A value that names what it was asked."""
        return f"parameter {name}"

    def secret(self, reference: str) -> str:
        """A value that names what it was asked."""
        return f"secret {reference}"


def build(row: Row, folder: Path) -> Build:
    """Run a row's buildspec over the tree."""
    other, source, scratch = (folder / each for each in ("other", "source", "scratch"))
    for each in (other, scratch):
        each.mkdir()
    (other / "other.txt").write_text("other\n", encoding="utf-8")
    for name, text in TREE.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    around = Surroundings(
        source=source,
        scratch=scratch,
        image={"PATH": os.defpath, "COLOUR": "red"},
        project={"STAGE": "prod"},
        inputs={"Other": other},
        resolver=Store(),
        network=Network.OPEN,
    )
    return run(load(f"version: {row.version}\n{row.spec}"), around)


@pytest.mark.parametrize("name", ROWS)
def test_documented(name: str, tmp_path: Path) -> None:
    """A build does what the page says."""
    row = ROWS[name]

    found = build(row, tmp_path)

    failed = [each for each in found.phases if not each.succeeded]
    assert (row.fails is None) is found.succeeded, found
    assert row.fails is None or row.fails in failed[0].because
    assert row.log == found.log
    assert found.ran == (row.ran or ("install", "pre_build", "build", "post_build"))
    if row.ran is None:
        assert found.phases[-1].name == UPLOAD
    for wanted, files in (
        (row.files, found.artifact),
        (row.reports, found.reports),
    ):
        assert wanted is None or wanted == set(files)
    assert row.secondary is None or row.secondary == {k: {*v} for k, v in found.secondary.items()}
    assert row.exported is None or row.exported == found.exported
    assert row.name == found.name
    assert row.source.startswith("codebuild/")
