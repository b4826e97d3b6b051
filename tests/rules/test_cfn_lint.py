"""Plain cfn-lint runs the rules: its own command line, on files, with exact places."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cicdgen.rules.catalogue import BY_ID, RULES

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
YAML = """\
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: !If
              - IsPlain
              - SSEAlgorithm: AES256
              - SSEAlgorithm: aws:kms
                KMSMasterKeyID: !Sub "${AWS::Region}-key"
            BucketKeyEnabled: true
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: codebuild.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
      Policies:
        - PolicyName: build
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: s3:*
                Resource: !Sub "arn:${AWS::Partition}:s3:::example/*"
Parameters:
  Stage: {Type: String}
Conditions:
  IsPlain: !Equals [!Ref Stage, plain]
"""


def _lint(folder: Path, name: str, text: str, *options: str) -> list[dict[str, Any]]:
    (folder / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [CFN_LINT, "--append-rules", "cicdgen.rules", *options, "--format", "json", "--", name],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "" == done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _places(found: list[dict[str, Any]], rule: str) -> list[tuple[int, int]]:
    return [
        (row["Location"]["Start"]["LineNumber"], row["Location"]["Start"]["ColumnNumber"])
        for row in found
        if row["Rule"]["Id"] == rule
    ]


def test_findings_point_to_line_and_column_of_yaml(tmp_path: Path) -> None:
    """Through a short form with a condition, and into a statement of an inline policy."""
    found = _lint(tmp_path, "t.yaml", YAML)

    assert [(9, 17)] == _places(found, "E9512")
    assert [(29, 17)] == _places(found, "E9502")


def test_findings_point_to_line_and_column_of_json(tmp_path: Path) -> None:
    """The same in JSON."""
    body = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"SqsManagedSseEnabled": False}}
        }
    }

    found = _lint(tmp_path, "t.json", json.dumps(body, indent=2))

    assert [(6, 9)] == _places(found, "E9556")


def test_a_doubt_is_told_on_request(tmp_path: Path) -> None:
    """cfn-lint leaves informational rules out until it is asked."""
    text = (
        "Resources:\n  Alarm:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n"
        "      Namespace: Shop\n      MetricName: Orders\n      Statistic: Sum\n      Period: 60\n"
        "      EvaluationPeriods: 1\n      Threshold: 1\n"
        "      ComparisonOperator: LessThanThreshold\n"
        "      AlarmActions: [!ImportValue topic]\n"
    )

    quiet = {row["Rule"]["Id"] for row in _lint(tmp_path, "t.yaml", text)}
    asked = {row["Rule"]["Id"] for row in _lint(tmp_path, "t.yaml", text, "-c", "I")}

    assert "I9505" not in quiet
    assert "I9505" in asked


def test_a_template_may_switch_a_rule_off_where_cfn_lint_runs_alone(tmp_path: Path) -> None:
    """As every rule of cfn-lint's; `cicdgen check` asks for a waiver instead."""
    silent = f"Metadata:\n  cfn-lint:\n    config:\n      ignore_checks: [E9502]\n{YAML}"

    assert [] == _places(_lint(tmp_path, "t.yaml", silent), "E9502")


def test_every_rule_is_listed() -> None:
    """cfn-lint finds a class for each rule and for its doubts, with their texts."""
    done = subprocess.run(
        [CFN_LINT, "--append-rules", "cicdgen.rules", "--list-rules"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    listed = {line.partition(":")[0] for line in done.stdout.splitlines()}

    assert {rule.id for rule in RULES if rule.checks} <= listed
    assert {rule.doubt for rule in RULES if rule.checks} <= listed
    assert f"E9512: {BY_ID['E9512'].title}" in done.stdout


@pytest.mark.parametrize("config", ["append_rules: [cicdgen.rules]\n", None], ids=["rc", "none"])
def test_a_config_of_cfn_lint_that_appends_them_is_no_conflict(
    tmp_path: Path, config: str | None
) -> None:
    """`cicdgen check` heeds .cfnlintrc, and loads the rules once all the same."""
    if config:
        (tmp_path / ".cfnlintrc").write_text(config, encoding="utf-8")
    (tmp_path / "t.yaml").write_text(YAML, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "cicdgen", "check", "--no-cache", "t.yaml"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (3, "") == (done.returncode, done.stderr)
    assert 1 == done.stdout.count("error E9502")
