"""CodeDeploy's applications and deployment groups, stored and described. Nothing is deployed."""

from __future__ import annotations

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services.cloudformation.provisioners import _physical_name

from .stored import Json, RefusedRequest, add_service, add_type, api, tags

_applications = AccountRegionScopedDict()
_groups = AccountRegionScopedDict()
_tags = AccountRegionScopedDict()

_PLATFORMS = {"Lambda", "Server", "ECS"}


def teach() -> None:
    """Take both types, and answer what is stored."""
    add_type(
        "AWS::CodeDeploy::Application",
        create=_create_application,
        update=_update_application,
        delete=_delete_application,
    )
    add_type(
        "AWS::CodeDeploy::DeploymentGroup",
        create=_create_group,
        update=_update_group,
        delete=_delete_group,
    )
    add_service(
        "codedeploy",
        "CodeDeploy_20141006",
        {
            "GetApplication": lambda asked: {"application": _application(asked["applicationName"])},
            "ListApplications": lambda _: {"applications": sorted(_applications)},
            "GetDeploymentGroup": lambda asked: {
                "deploymentGroupInfo": _group(
                    asked["applicationName"], asked["deploymentGroupName"]
                )
            },
            "ListDeploymentGroups": lambda asked: {
                "applicationName": _application(asked["applicationName"])["applicationName"],
                "deploymentGroups": sorted(
                    group
                    for application, group in _groups
                    if application == asked["applicationName"]
                ),
            },
            # Nothing deploys: there are none.
            "ListDeployments": lambda _: {"deployments": []},
            "ListTagsForResource": lambda asked: {"Tags": _tags_of(asked["ResourceArn"])},
        },
    )


def _create_application(logical_id: str, properties: Json, stack: str) -> tuple[str, Json]:
    name = properties.get("ApplicationName") or _physical_name(stack, logical_id)
    if name in _applications:
        message = f"Application already exists: {name}"
        raise ValueError(message)
    return _put_application(name, properties)


def _put_application(name: str, properties: Json) -> tuple[str, Json]:
    platform = properties.get("ComputePlatform", "Server")
    if platform not in _PLATFORMS:
        message = f"The compute platform {platform} is none of {', '.join(sorted(_PLATFORMS))}"
        raise ValueError(message)
    _applications[name] = {
        "applicationId": new_uuid(),
        "applicationName": name,
        "computePlatform": platform,
        "linkedToGitHub": False,
    }
    _tags[_arn(f"application:{name}")] = tags(properties)
    return name, {}


def _update_application(name: str, old: Json, new: Json, stack: str) -> tuple[str, Json]:
    wanted = new.get("ApplicationName") or name
    if wanted != name:
        made = _create_application(wanted, new, stack)
        _delete_application(name, old)
        return made
    return _put_application(name, new)


def _delete_application(name: str, _properties: Json) -> None:
    _applications.pop(name, None)
    for key in [key for key in _groups if key[0] == name]:
        del _groups[key]


def _create_group(logical_id: str, properties: Json, stack: str) -> tuple[str, Json]:
    name = properties.get("DeploymentGroupName") or _physical_name(stack, logical_id)
    if (properties["ApplicationName"], name) in _groups:
        message = f"Deployment group name {name} already exists"
        raise ValueError(message)
    return _put_group(name, properties)


def _put_group(name: str, properties: Json) -> tuple[str, Json]:
    application = properties["ApplicationName"]
    if application not in _applications:
        message = f"No application found for name: {application}"
        raise ValueError(message)
    described = {key: value for key, value in properties.items() if key != "Tags"}
    _groups[application, name] = {
        **api(described),
        "deploymentGroupId": new_uuid(),
        "deploymentGroupName": name,
        "computePlatform": _applications[application]["computePlatform"],
        # The API's name for it; a template's is EC2TagFilters and so on, which are not ours.
        "deploymentConfigName": properties.get(
            "DeploymentConfigName", "CodeDeployDefault.OneAtATime"
        ),
    }
    _tags[_arn(f"deploymentgroup:{application}/{name}")] = tags(properties)
    return name, {}


def _update_group(name: str, old: Json, new: Json, stack: str) -> tuple[str, Json]:
    wanted = new.get("DeploymentGroupName") or name
    if wanted != name or old["ApplicationName"] != new["ApplicationName"]:
        made = _create_group(wanted, {**new, "DeploymentGroupName": wanted}, stack)
        _delete_group(name, old)
        return made
    return _put_group(name, new)


def _delete_group(name: str, properties: Json) -> None:
    _groups.pop((properties["ApplicationName"], name), None)


def _application(name: str) -> Json:
    if name not in _applications:
        raise RefusedRequest(
            "ApplicationDoesNotExistException", f"No application found for name: {name}"
        )
    found: Json = _applications[name]
    return found


def _group(application: str, name: str) -> Json:
    _application(application)
    if (application, name) not in _groups:
        raise RefusedRequest(
            "DeploymentGroupDoesNotExistException", f"No Deployment Group found for name: {name}"
        )
    found: Json = _groups[application, name]
    return found


def _tags_of(arn: str) -> list[Json]:
    return [{"Key": tag["key"], "Value": tag["value"]} for tag in _tags.get(arn, [])]


def _arn(rest: str) -> str:
    return f"arn:aws:codedeploy:{get_region()}:{get_account_id()}:{rest}"
