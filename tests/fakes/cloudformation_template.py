"""What CloudFormation reads in a template: needs, references, values, and changes.

Which properties replace a resource is read from the resource schemas that come with cfn-lint, and
not from anything of ours.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from cicdgen.rehearsal.wire import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = Any
_IN_SUB = re.compile(r"\$\{([^!}][^}]*)\}")
_NAMES = {"RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"}


def _schema(type_name: str) -> Mapping[str, Json]:
    try:
        found: Mapping[str, Json] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
            "us-east-1", type_name
        ).schema
    except ResourceNotFoundError:
        raise AwsError(
            "ValidationError", f"Template format error: Unrecognized resource types: [{type_name}]"
        ) from None
    return found


@cache
def is_taggable(type_name: str) -> bool:
    """Whether the stack's tags reach it.

    cloudformation-cli/latest/userguide/resource-type-schema: tagging.
    """
    return "Tags" in _schema(type_name)["properties"]


@cache
def create_only(type_name: str) -> frozenset[str]:
    """The properties whose change replaces a resource, the outermost name of each.

    cloudformation-cli/latest/userguide/resource-type-schema: createOnlyProperties.
    """
    schema = _schema(type_name)
    return frozenset(path.split("/")[2] for path in schema.get("createOnlyProperties", ()))


def read(body: str) -> dict[str, Json]:
    """A template, JSON or YAML; of YAML without short forms (other clients send it so)."""
    document: dict[str, Json] = json.loads(body) if body[:1] == "{" else yaml.safe_load(body)
    return document


def validate(document: Mapping[str, Json], parameters: Mapping[str, str]) -> None:
    """Refuse what ValidateTemplate and CreateChangeSet refuse.

    AWSCloudFormation/latest/UserGuide/troubleshooting: unresolved dependencies, parameters that do
    not exist or have no value, types that are not known.
    """
    declared = document.get("Parameters", {})
    if unknown := sorted(parameters.keys() - declared.keys()):
        raise AwsError("ValidationError", f"Parameters: {unknown} do not exist in the template")
    missing = [
        name for name, each in declared.items() if name not in parameters and "Default" not in each
    ]
    if missing:
        raise AwsError("ValidationError", f"Parameters: {missing} must have values")
    names = {*document["Resources"], *declared}
    for resource in document["Resources"].values():
        create_only(resource["Type"])
        for name in references(resource):
            if name not in names and not name.startswith("AWS::"):
                raise AwsError(
                    "ValidationError",
                    f"Template format error: Unresolved resource dependencies [{name}] in the "
                    "Resources block of the template",
                )


def references(value: Json) -> Iterator[str]:  # noqa: C901 - a case for each way to refer
    """The names that a value refers to."""
    match value:
        case {"Ref": str(name), **rest} if not rest:
            yield name
        case {"Fn::GetAtt": [str(name), *_], **rest} if not rest:
            yield name
        case {"Fn::GetAtt": str(name), **rest} if not rest:
            yield name.partition(".")[0]
        case {"Fn::Sub": str(text), **rest} if not rest:
            yield from (name.partition(".")[0] for name in _IN_SUB.findall(text))
        case {"Fn::Sub": [str(text), dict(given)], **rest} if not rest:
            for name in _IN_SUB.findall(text):
                if name not in given:
                    yield name.partition(".")[0]
            yield from references(given)
        case dict():
            depends = value.get("DependsOn", ())
            yield from [depends] if isinstance(depends, str) else depends
            for key, member in value.items():
                if key != "DependsOn":
                    yield from references(member)
        case list():
            for member in value:
                yield from references(member)


def evaluated(value: Json, values: Mapping[str, str]) -> Json:
    """The value with every reference filled in, as far as the fake knows attributes."""
    match value:
        case {"Ref": str(name), **rest} if not rest:
            return values.get(name, f"<{name}>")
        case {"Fn::GetAtt": [str(name), str(attribute)], **rest} if not rest:
            return values.get(f"{name}.{attribute}", f"<{name}.{attribute}>")
        case {"Fn::Sub": str(text), **rest} if not rest:
            return _IN_SUB.sub(lambda found: str(values.get(found[1], f"<{found[1]}>")), text)
        case dict():
            return {key: evaluated(member, values) for key, member in value.items()}
        case list():
            return [evaluated(member, values) for member in value]
        case _:
            return value


def capabilities(document: Mapping[str, Json]) -> str | None:
    """The capability that has to be acknowledged, at least.

    AWSCloudFormation/latest/APIReference/API_CreateChangeSet, Capabilities.
    """
    iam = [each for each in document["Resources"].values() if each["Type"].startswith("AWS::IAM::")]
    if any(_NAMES & each.get("Properties", {}).keys() for each in iam):
        return "CAPABILITY_NAMED_IAM"
    return "CAPABILITY_IAM" if iam else None


def changes(
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    physical: Mapping[str, str],
    *,
    retagged: bool,
) -> list[dict[str, Json]]:
    """What a change set lists, in the order of DescribeChangeSet's ResourceChange.

    AWSCloudFormation/latest/APIReference/API_ResourceChange: Replacement is True where a property
    that changes is create-only, Conditional where such a property follows a resource that is
    replaced; PolicyAction says what becomes of what goes.
    """
    found: dict[str, dict[str, Json]] = {}
    for name, new in after.items():
        old = before.get(name)
        if old is None or old["Type"] != new["Type"]:
            found[name] = _row("Add", name, new)
        elif row := _modified(name, old, new, retagged=retagged):
            found[name] = row
    for name, old in before.items():
        if name not in after:
            found[name] = _row("Remove", name, old)
            found[name]["PolicyAction"] = policy_action(old, "DeletionPolicy")
    _propagate(found, after)
    for name, row in found.items():
        if name in physical and row["Action"] != "Add":
            row["PhysicalResourceId"] = physical[name]
        if row["Action"] == "Modify" and row["Replacement"] == "True":
            row["PolicyAction"] = f"ReplaceAnd{policy_action(before[name], 'UpdateReplacePolicy')}"
    return list(found.values())


def policy_action(resource: Mapping[str, Json], attribute: str) -> str:
    """`Delete` or `Retain` (TemplateReference/aws-attribute-deletionpolicy)."""
    policy = resource.get(attribute, "Delete")
    return "Retain" if policy in {"Retain", "RetainExceptOnCreate"} else "Delete"


def _row(action: str, name: str, resource: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "Action": action,
        "LogicalResourceId": name,
        "ResourceType": resource["Type"],
        "Scope": [],
        "Details": [],
    }


def _modified(
    name: str, old: Mapping[str, Json], new: Mapping[str, Json], *, retagged: bool
) -> dict[str, Json] | None:
    one, other = old.get("Properties", {}), new.get("Properties", {})
    row = _row("Modify", name, new)
    replacement = "False"
    for key in dict.fromkeys((*one, *other)):
        if one.get(key) == other.get(key):
            continue
        always = key in create_only(new["Type"])
        replacement = "True" if always else replacement
        row["Scope"] = ["Properties"]
        row["Details"].append(
            _detail(key, one.get(key), other.get(key), "Always" if always else "Never")
        )
    attributes = [
        key
        for key in ("DeletionPolicy", "UpdateReplacePolicy", "Metadata")
        if old.get(key) != new.get(key)
    ]
    row["Scope"] += attributes
    if retagged and is_taggable(new["Type"]):
        row["Scope"] = [*row["Scope"], "Tags"]
    row["Replacement"] = replacement
    return row if row["Scope"] else None


def _detail(key: str, before: Json, after: Json, recreation: str) -> dict[str, Json]:
    target = {
        "Attribute": "Properties",
        "Name": key,
        "RequiresRecreation": recreation,
        "Path": f"/Properties/{key}",
    }
    for side, value in (("BeforeValue", before), ("AfterValue", after)):
        if value is not None:
            target[side] = value if isinstance(value, str) else json.dumps(value)
    return {"Target": target, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def _propagate(found: dict[str, dict[str, Json]], after: Mapping[str, Json]) -> None:
    """What refers to a resource that is replaced changes with it, perhaps."""
    queue = [name for name, row in found.items() if row.get("Replacement") == "True"]
    while queue:
        gone = queue.pop()
        for name, resource in after.items():
            for key, value in resource.get("Properties", {}).items():
                if gone not in references(value):
                    continue
                may = key in create_only(resource["Type"])
                if name not in found:
                    found[name] = _row("Modify", name, resource) | {"Replacement": "False"}
                row = found[name]
                if row["Action"] != "Modify":
                    continue
                row["Scope"] = sorted({*row["Scope"], "Properties"})
                detail = _detail(key, None, None, "Conditionally" if may else "Never")
                detail |= {
                    "Evaluation": "Dynamic",
                    "ChangeSource": "ResourceReference",
                    "CausingEntity": gone,
                }
                row["Details"].append(detail)
                if may and row["Replacement"] == "False":
                    row["Replacement"] = "Conditional"
                    queue.append(name)
