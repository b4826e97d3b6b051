"""The commands as a person, a pipeline and a script meet them. Ground: the strict fake."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import COMMAND, Ran, environment
from tests.deploying.ground import NAME
from tests.fakes.cloudformation_server import Account, RealTime
from tests.fakes.cloudformation_stack import ACCOUNT, REGION

from cicdgen.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.cloudformation_server import Endpoint

CONFIG = f"""
version = 1
[defaults]
project = "shop"
region = "{REGION}"
account = "{ACCOUNT}"
[env.dev]
deletion_policy = "Delete"
[env.prod]
[env.other]
account = "999999999999"
"""
FAST = ("--poll-interval", "0.05")


@pytest.fixture
def aws(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An AWS that hurries, at the endpoint of the environment; a config in the folder."""
    (tmp_path / "cicdgen.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    monkeypatch.delenv("CICDGEN_ENV", raising=False)
    return endpoint.serve(Account(RealTime(speed=400)))


@pytest.fixture
def cicdgen(aws: Account, capsys: pytest.CaptureFixture[str]) -> Cicdgen:
    """The command line, in this process, without a terminal."""
    return Cicdgen(aws, capsys)


class Cicdgen:
    """Runs the command line."""

    def __init__(self, aws: Account, capsys: pytest.CaptureFixture[str]) -> None:
        self.aws = aws
        self._capsys = capsys

    def __call__(self, *args: str) -> Ran:
        """Run it with these arguments."""
        self._capsys.readouterr()
        code = run(list(args))
        captured = self._capsys.readouterr()
        assert [] == self.aws.unknown
        return Ran(code, captured.out, captured.err)

    @property
    def status(self) -> str:
        """The stack's status, once its operation is over."""
        stack = self.aws.cloudformation.find(NAME) or self.aws.cloudformation.stacks[-1]
        return stack.status


def test_deploy_makes_the_stack(cicdgen: Cicdgen) -> None:
    """The rendered template, sent compact; words on stderr, outputs on stdout and in a file."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", "-O", "outputs.json", *FAST)

    assert 0 == ran.code, ran.err
    assert "CREATE_COMPLETE" == cicdgen.status
    assert f"SourceBucket=shop-dev-source-{ACCOUNT}-{REGION}\n" in ran.out
    assert "CREATE_COMPLETE       SourceBucket" in ran.err
    assert "capabilities: CAPABILITY_IAM" in ran.err
    with open("outputs.json", encoding="utf-8") as file:  # noqa: PTH123 - it is in this folder
        assert "source.zip" == json.load(file)[NAME]["SourceKey"]
    calls = cicdgen.aws.cloudformation.calls
    body = next(members["TemplateBody"] for _, members in calls if "TemplateBody" in members)
    assert body == json.dumps(json.loads(body), separators=(",", ":"))


def test_the_endpoint_is_told_before_all(cicdgen: Cicdgen) -> None:
    """Whoever reads it knows that it is not AWS."""
    first = cicdgen("deploy", "--env", "dev", "--yes", *FAST).err.splitlines()[0]

    assert first.startswith("target: http://127.0.0.1:")


def test_deploy_twice_changes_nothing(cicdgen: Cicdgen) -> None:
    """Success, unless somebody asks for a failure."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    again = cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    strict = cicdgen("deploy", "--env", "dev", "--yes", "--fail-on-empty-changeset", *FAST)

    assert 0 == again.code
    assert "no changes: the stack is as the template says" in again.err
    assert 1 == strict.code


@pytest.mark.parametrize(
    "args",
    [["deploy", "--env", "dev"], ["destroy", "--env", "dev"]],
    ids=" ".join,
)
def test_without_a_terminal_it_fails_at_once(cicdgen: Cicdgen, args: list[str]) -> None:
    """With the flag that answers, and before AWS is called."""
    ran = cicdgen(*args)

    assert 5 == ran.code
    assert "hint: --yes answers the question" in ran.err
    assert [] == cicdgen.aws.faults.seen


def _without_protection() -> None:
    """The config asks for what replaces a queue and takes a bucket's versions away."""
    with open("cicdgen.toml", "a", encoding="utf-8") as file:  # noqa: PTH123 - in this folder
        file.write("[env.dev.function]\nlog_retention = 1\n")


def test_yes_does_not_answer_for_a_danger(cicdgen: Cicdgen) -> None:
    """It names the flag, executes nothing, and leaves no change set."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    _without_protection()
    ran = cicdgen("deploy", "--env", "dev", "--yes", *FAST)

    assert 5 == ran.code
    assert "--allow unprotect:FunctionLog" in ran.err
    assert "CREATE_COMPLETE" == cicdgen.status
    assert {} == cicdgen.aws.cloudformation.stacks[-1].change_sets


def test_what_is_allowed_is_done(cicdgen: Cicdgen) -> None:
    """By class; an id would do for one resource."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    _without_protection()
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--allow", "unprotect", *FAST)

    assert 0 == ran.code, ran.err
    assert "UPDATE_COMPLETE" == cicdgen.status


def test_a_class_that_is_none_is_told(cicdgen: Cicdgen) -> None:
    """With those that there are, before AWS is called."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--allow", "everything", *FAST)

    assert 2 == ran.code
    assert "the classes are replace, delete, broaden, unprotect" in ran.err
    assert [] == cicdgen.aws.faults.seen


def test_plan_then_apply(cicdgen: Cicdgen) -> None:
    """The plan's change set is executed."""
    plan = cicdgen("plan", "--env", "dev", "-o", "plan.json", "--exit-code")
    ran = cicdgen("apply", "plan.json", "--yes", *FAST)

    assert (10, "") == (plan.code, plan.out)
    assert 0 == ran.code, ran.err
    assert "CREATE_COMPLETE" == cicdgen.status


def test_a_plan_that_changes_nothing_takes_the_place_of_an_older_one(cicdgen: Cicdgen) -> None:
    """Applying it is no error, and executes nothing."""
    cicdgen("plan", "--env", "dev", "-o", "plan.json")
    cicdgen("apply", "plan.json", "--yes", *FAST)
    plan = cicdgen("plan", "--env", "dev", "-o", "plan.json", "--exit-code")
    ran = cicdgen("apply", "plan.json", "--yes", *FAST)

    assert (0, 0) == (plan.code, ran.code), ran.err
    assert "no changes: the stack is as the template says" in ran.err
    assert 1 == [name for name, _ in cicdgen.aws.cloudformation.calls].count("ExecuteChangeSet")


def test_a_plan_of_nothing_is_alone_on_stdout(cicdgen: Cicdgen) -> None:
    """The stack's outputs are not what a plan is piped for."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    ran = cicdgen("plan", "--env", "dev")

    assert "" == json.loads(ran.out)["change_set"]


@pytest.mark.parametrize(
    "line",
    [
        ["deploy", "--env", "nope", "--yes"],
        ["deploy", "--env", "dev"],
        ["plan", "--env", "nope", "-o", "plan.json"],
        ["apply", "cicdgen.toml", "--yes"],
        ["status", "--env", "nope"],
        ["destroy", "--env", "dev"],
    ],
    ids=" ".join,
)
def test_machines_learn_of_a_slip_too(cicdgen: Cicdgen, line: list[str]) -> None:
    """A run that ends before it began has a result all the same."""
    ran = cicdgen(*line, "--format", "ndjson")
    (row,) = (json.loads(each) for each in ran.out.splitlines())

    assert ("result", "failed", ran.code) == (row["type"], row["status"], row["error"]["exit_code"])


def test_machines_learn_what_stays(cicdgen: Cicdgen) -> None:
    """What a deletion leaves, by type and name."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    ran = cicdgen("destroy", "--env", "dev", "--yes", "--format", "ndjson", *FAST)
    rows = [json.loads(line) for line in ran.out.splitlines()]

    assert 0 == ran.code, ran.err
    assert "AWS::KMS::Key" in {each.partition(" ")[0] for each in rows[-2]["stays"]}


def test_machines_plan_and_apply_too(cicdgen: Cicdgen) -> None:
    """A line for each thing on stdout, where the plan has a file of its own."""
    plan = cicdgen("plan", "--env", "dev", "--format", "ndjson", "-o", "plan.json")
    ran = cicdgen("apply", "plan.json", "--yes", "--format", "ndjson", *FAST)
    both = cicdgen("plan", "--env", "dev", "--format", "ndjson")

    planned, applied = (
        [json.loads(line)["type"] for line in each.out.splitlines()] for each in (plan, ran)
    )
    assert ["info", "changeset", "result"] == planned
    assert ["info", "changeset", "event"] == applied[:3]
    assert ["outputs", "result"] == applied[-2:]
    assert (2, "") == (both.code, both.out)
    assert "-o FILE takes the plan" in both.err


@pytest.mark.parametrize(
    "options, message",
    [
        (["--skip", "Function"], "--skip is for --recover"),
        (["--recover", "--no-execute-changeset"], "proposes nothing that could be left"),
    ],
    ids=["a resource to skip", "a change set to leave"],
)
def test_what_goes_with_a_recovery(cicdgen: Cicdgen, options: list[str], message: str) -> None:
    """And what does not, told before AWS is called."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", *options)

    assert 2 == ran.code
    assert message in ran.err
    assert [] == cicdgen.aws.faults.seen


def test_a_diff_of_another_account_is_refused(cicdgen: Cicdgen) -> None:
    """Where the stack is missing, everything would look new, and nothing dangerous."""
    ran = cicdgen("diff", "--env", "other", "--exit-code")

    assert (5, "") == (ran.code, ran.out)
    assert f"are of account {ACCOUNT}, and --env other belongs to 999999999999" in ran.err


def test_a_key_without_its_bucket_is_told(cicdgen: Cicdgen) -> None:
    """Nothing that somebody asks for is left out in silence."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--kms-key-id", "alias/templates")

    assert 2 == ran.code
    assert "--kms-key-id is of the bucket" in ran.err


def test_a_plan_goes_to_stdout_alone(cicdgen: Cicdgen) -> None:
    """So that it can be piped."""
    ran = cicdgen("plan", "--env", "dev")

    assert "cicdgen.plan/1" == json.loads(ran.out)["format"]


def test_a_change_set_can_be_left(cicdgen: Cicdgen) -> None:
    """`--no-execute-changeset` asks nobody."""
    ran = cicdgen("deploy", "--env", "dev", "--no-execute-changeset")

    assert 0 == ran.code
    assert "REVIEW_IN_PROGRESS" == cicdgen.status


def test_reverting_drift_is_refused(cicdgen: Cicdgen) -> None:
    """With the reason."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--revert-drift")

    assert 5 == ran.code
    assert "its traffic would go back to the placeholder" in ran.err


def test_another_account_is_refused(cicdgen: Cicdgen) -> None:
    """The environment says whose it is."""
    ran = cicdgen("deploy", "--env", "other", "--yes")

    assert 5 == ran.code
    assert f"are of account {ACCOUNT}, and --env other belongs to 999999999999" in ran.err


def test_machines_get_a_line_for_each_thing(cicdgen: Cicdgen) -> None:
    """JSON on stdout; the last line is the result."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--format", "ndjson", *FAST)
    rows = [json.loads(line) for line in ran.out.splitlines()]

    assert {"info", "changeset", "event", "outputs", "result"} == {row["type"] for row in rows}
    assert {"type": "result", "status": "succeeded"} == rows[-1]


def test_machines_learn_of_a_failure_too(cicdgen: Cicdgen) -> None:
    """In the last line, with the hint."""
    cicdgen.aws.cloudformation.troubles.create["Function"] = "no"
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--format", "ndjson", *FAST)
    last = json.loads(ran.out.splitlines()[-1])

    assert (1, "failed", "AwsError") == (ran.code, last["status"], last["error"]["type"])
    assert "cicdgen destroy" in last["error"]["hint"]


def test_errors_alone_can_be_asked_for(cicdgen: Cicdgen) -> None:
    """`--progress errors` tells no event that is none."""
    ran = cicdgen("deploy", "--env", "dev", "--yes", "--progress", "errors", *FAST)

    assert "CREATE_COMPLETE       Function" not in ran.err
    assert "Plan: 6" in ran.err


def test_a_failure_ends_with_the_first_resource(cicdgen: Cicdgen) -> None:
    """And with what to do; status says the same later."""
    cicdgen.aws.cloudformation.troubles.create["Function"] = "the role cannot be assumed"
    ran = cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    status = cicdgen("status", "--env", "dev")

    first = "Function (AWS::Lambda::Function): the role cannot be assumed"
    assert ran.err.splitlines()[-2] == f"error: ROLLBACK_COMPLETE: {first}"
    assert ran.err.splitlines()[-1].startswith("hint: `cicdgen destroy --env dev`")
    assert 1 == status.code
    assert f"first failed: {first}\n" in status.out


def test_the_next_step_can_be_pasted(cicdgen: Cicdgen, tmp_path: Path) -> None:
    """It has the options that the command had, as a shell takes them."""
    (tmp_path / "cicdgen.toml").rename(tmp_path / "the config.toml")
    cicdgen.aws.cloudformation.troubles.create["Function"] = "no"
    options = ["--env", "dev", "--config", "the config.toml", "--region", REGION]
    options += ["--stack-name", "mine"]
    failed = cicdgen("deploy", *options, "--yes", *FAST)
    told = f"--env dev --config 'the config.toml' --region {REGION} --stack-name mine"
    command = f"cicdgen destroy {told}"
    pasted = cicdgen(*shlex.split(command)[1:], "--yes", *FAST)

    assert f"`{command}`" in failed.err
    assert 0 == pasted.code, pasted.err


def test_a_profile_is_in_the_next_step(
    cicdgen: Cicdgen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that is applied says it too, with the stack and the region that it knows."""
    profile = "[profile ops]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"
    (tmp_path / "aws").write_text(profile, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    cicdgen("plan", "--env", "dev", "--profile", "ops", "-o", "plan.json")
    status = cicdgen("status", "--env", "dev", "--profile", "ops")
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    refused = cicdgen("apply", "plan.json", "--profile", "ops", "--yes", *FAST)

    assert "`cicdgen deploy --env dev --profile ops` uses it" in status.out
    options = f"--env dev --profile ops --region {REGION} --stack-name {NAME}"
    assert f"`cicdgen plan {options} -o plan.json`" in refused.err


def test_outputs_are_for_scripts(cicdgen: Cicdgen) -> None:
    """One by name, all as lines, all as JSON."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)

    assert "source.zip\n" == cicdgen("outputs", "SourceKey", "--env", "dev").out
    assert "SourceKey=source.zip\n" in cicdgen("outputs", "--env", "dev").out
    shown = json.loads(cicdgen("outputs", "--env", "dev", "--format", "json").out)
    assert "source.zip" == shown["SourceKey"]
    assert 2 == cicdgen("outputs", "Nothing", "--env", "dev").code


def test_destroy_lists_what_stays_and_what_is_full(cicdgen: Cicdgen) -> None:
    """Refused while a bucket is full; emptied only if that is said."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    bucket = f"shop-dev-source-{ACCOUNT}-{REGION}"
    cicdgen.aws.buckets.objects[bucket]["source.zip"] = "x"
    refused = cicdgen("destroy", "--env", "dev", "--yes", *FAST)
    done = cicdgen("destroy", "--env", "dev", "--yes", "--empty-buckets", *FAST)

    assert 5 == refused.code
    assert f"SourceBucket is not empty: {bucket}" in refused.err
    assert "LambdaKey (AWS::KMS::Key) stays" in refused.err
    assert 0 == done.code, done.err
    assert "DELETE_COMPLETE" == cicdgen.status


def test_destroy_of_a_protected_stack_needs_a_word(cicdgen: Cicdgen) -> None:
    """`--allow unprotect`."""
    cicdgen("deploy", "--env", "prod", "--yes", *FAST)
    refused = cicdgen("destroy", "--env", "prod", "--yes", *FAST)
    done = cicdgen("destroy", "--env", "prod", "--yes", "--allow", "unprotect", *FAST)

    assert 5 == refused.code
    assert "--allow unprotect" in refused.err
    assert 0 == done.code, done.err


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, *args: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *args],
            stdin=slave,
            stderr=slave,
            stdout=subprocess.PIPE,
            env=environment({"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}),
            start_new_session=True,
        )
        os.close(slave)
        self.text = ""

    def until(self, text: str) -> None:
        """Read until the text is there."""
        while text not in self.text:
            self.text += os.read(self._master, 65536).decode()

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._master, f"{text}\n".encode())

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        code = self.process.wait(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        try:
            while more := os.read(self._master, 65536):
                self.text += more.decode()
        except OSError:
            pass  # so Linux tells that the other end is closed
        os.close(self._master)
        return code


def test_no_is_an_answer(aws: Account) -> None:
    """What stands in for AWS is named in the question; a no leaves nothing behind."""
    terminal = Terminal("deploy", "--env", "dev")
    terminal.until("? [y/N]")
    question = terminal.text.splitlines()[-1]
    terminal.type("n")

    assert 5 == terminal.end(), terminal.text
    assert f"Execute it in {ACCOUNT}, {REGION} (target: http://127.0.0.1" in question
    assert "DELETE_COMPLETE" == aws.cloudformation.stacks[-1].status


def test_yes_is_an_answer_too(aws: Account) -> None:
    """The bar counts what is done."""
    terminal = Terminal("deploy", "--env", "dev", *FAST)
    terminal.until("? [y/N]")
    terminal.type("y")

    assert 0 == terminal.end(), terminal.text
    assert "CREATE_COMPLETE" == aws.cloudformation.stacks[-1].status


def test_a_danger_is_typed_out(cicdgen: Cicdgen) -> None:
    """On a terminal one may allow it by its word."""
    cicdgen("deploy", "--env", "dev", "--yes", *FAST)
    _without_protection()
    terminal = Terminal("deploy", "--env", "dev", *FAST)
    terminal.until("to allow it")
    terminal.type("y")

    assert 5 == terminal.end(), terminal.text
    assert "CREATE_COMPLETE" == cicdgen.status


def test_ctrl_c_says_what_goes_on(endpoint: Endpoint, aws: Account) -> None:
    """The stack goes on by itself, and the command that follows it is named."""
    slow = endpoint.serve(Account(RealTime(speed=20)))
    process = subprocess.Popen(
        [*COMMAND, "deploy", "--env", "dev", "--yes"],
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    while "ExecuteChangeSet" not in slow.faults.seen:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)

    assert 130 == process.returncode, told
    assert "cicdgen status --follow --env dev" in told
    assert [] == aws.unknown + slow.unknown


@pytest.mark.parametrize(
    "operation", ["CreateChangeSet", "ExecuteChangeSet", "DescribeStackEvents", "SetStackPolicy"]
)
def test_a_process_that_is_really_killed_is_taken_up(
    endpoint: Endpoint, cicdgen: Cicdgen, operation: str
) -> None:
    """SIGKILL at a call; the same command again ends well."""
    cicdgen.aws = slow = endpoint.serve(Account(RealTime(speed=40)))
    process = subprocess.Popen(
        [*COMMAND, "deploy", "--env", "prod", "--yes", *FAST],
        env=environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while operation not in slow.faults.seen:
        time.sleep(0.005)
    process.kill()
    process.wait()
    cicdgen("status", "--env", "prod", "--follow", *FAST)
    ran = cicdgen("deploy", "--env", "prod", "--yes", *FAST)

    stack = slow.cloudformation.stacks[-1]
    assert 0 == ran.code, ran.err
    assert ("CREATE_COMPLETE", {}) == (stack.status, stack.change_sets)
    assert stack.is_protected
    assert stack.denies("LiveAlias")
