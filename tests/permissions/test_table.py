"""The table of calls is what the types' own schemas say, and each difference has its reason."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from cicdgen.errors import CicdgenError
from cicdgen.iam import action_facts
from cicdgen.permissions.table import Operation, row, table

TEMPLATES = Path(__file__).parents[2] / "templates"
HANDLERS = {
    Operation.CREATE: "create",
    Operation.READ: "read",
    Operation.UPDATE: "update",
    Operation.DELETE: "delete",
}
DIFFERENT = {
    ("AWS::CodeDeploy::Application", "codedeploy:GetApplication", "c"): "it is read after",
    ("AWS::Events::Rule", "iam:PassRole", "r"): "reading a rule hands no role on",
    ("AWS::Events::Rule", "iam:PassRole", "d"): "deleting a rule hands no role on",
    ("AWS::IAM::Role", "iam:UntagRole", "c"): "a new role has no tag to take off",
    ("AWS::IAM::Role", "iam:TagRole", "d"): "a role that goes is not tagged",
    ("AWS::IAM::Role", "iam:UntagRole", "d"): "as above",
    ("AWS::Lambda::Alias", "lambda:GetAlias", "c"): "it is read after",
    ("AWS::Lambda::Function", "lambda:ListTags", "r"): "its tagging section has it",
    ("AWS::Lambda::Function", "lambda:GetLayerVersion", "u"): "an update can change the layers",
    ("AWS::Logs::LogGroup", "logs:AssociateKmsKey", "c"): "a group can be made with a key",
}
"""Where the table differs from the schema, and why."""
WITHOUT_HANDLERS = {"AWS::CodeBuild::Project"}


@cache
def _schemas() -> dict[str, Any]:
    folder = resources.files("cfnlint") / "data" / "schemas" / "resources"
    found = (
        json.loads(path.read_bytes()) for path in folder.iterdir() if path.name[-5:] == ".json"
    )
    return {schema["typeName"]: schema for schema in found if schema.get("typeName") in table()}


@pytest.mark.parametrize("kind", sorted(table()))
def test_the_handlers_are_covered(kind: str) -> None:
    """Each action of a handler is in its type's row, for that handler, or left out."""
    handlers = _schemas()[kind].get("handlers", {})
    ours = {
        (call.action, operation.value) for call in row(kind).calls for operation in call.operations
    }
    theirs = {
        (action, operation.value)
        for operation, name in HANDLERS.items()
        for action in handlers.get(name, {}).get("permissions", [])
        if action not in row(kind).left_out
    }
    different = {(action, letter) for known, action, letter in DIFFERENT if known == kind}

    assert (not handlers) == (kind in WITHOUT_HANDLERS)
    assert different == (ours ^ theirs if handlers else set())


@pytest.mark.parametrize("kind", sorted(table()))
def test_what_is_left_out_is_there_to_be_left_out(kind: str) -> None:
    """A reason stands for an action that the schema has, and says something."""
    handlers = _schemas()[kind].get("handlers", {})
    actions = {action for each in handlers.values() for action in each.get("permissions", [])}
    actions |= set(_schemas()[kind].get("tagging", {}).get("permissions", []))

    assert set(row(kind).left_out) <= actions
    assert all(len(reason) > 10 for reason in row(kind).left_out.values())


@pytest.mark.parametrize("kind", sorted(table()))
def test_actions_are_actions(kind: str) -> None:
    """Each action that may be granted is one of the service authorization reference's."""
    names = [call.action for call in row(kind).calls]

    assert names == [facts and facts.name for facts in map(action_facts, names)]


@pytest.mark.parametrize("kind", sorted(table()))
def test_properties_are_properties(kind: str) -> None:
    """A row asks for properties that its type has."""
    beside = {"CodeDeployLambdaAliasUpdate", "RoleArn", "DeliveryStatusLogging"}
    asked = {name for call in row(kind).calls for name in call.properties}

    assert asked - beside <= _schemas()[kind]["properties"].keys()


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_every_type_of_ours_has_a_row(env: str) -> None:
    """Nothing of our templates is unknown."""
    template = json.loads((TEMPLATES / f"{env}.json").read_bytes())

    assert {each["Type"] for each in template["Resources"].values()} <= table().keys()


def test_an_unknown_type_is_an_error() -> None:
    """A type without a row is refused: a policy without its rights would not do."""
    with pytest.raises(CicdgenError, match="nothing is known of the rights that AWS::ECS::Cluster"):
        row("AWS::ECS::Cluster")


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_what_a_reason_says_of_our_templates_holds(env: str) -> None:
    """Inline code, keys that rotate, groups with retention and key, and no connection."""
    found = json.loads((TEMPLATES / f"{env}.json").read_bytes())["Resources"].values()
    of = {kind: [each["Properties"] for each in found if each["Type"] == kind] for kind in table()}

    assert all("ZipFile" in each["Code"] for each in of["AWS::Lambda::Function"])
    assert all(each["EnableKeyRotation"] is True for each in of["AWS::KMS::Key"])
    assert all({"RetentionInDays", "KmsKeyId"} <= each.keys() for each in of["AWS::Logs::LogGroup"])
    assert "Connection" not in json.dumps(of["AWS::CodePipeline::Pipeline"])
