"""The AppSpec of a Lambda deployment, as CodeDeploy takes it in the call.

| rests on | behaviour |
| --- | --- |
| codedeploy/reference-appspec-file-structure-resources | one function, four properties |
| codedeploy/reference-appspec-file-structure-resources | versions are positive whole numbers |
| codedeploy/reference-appspec-file-structure-hooks | the two hooks of Lambda |

Assumed, the harder for the caller: an AppSpec that is not so, or that names what does not exist, is
refused at once. Only AppSpecs in JSON are modelled.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cicdgen.rehearsal.wire import AwsError, UnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOOKS = ("BeforeAllowTraffic", "AfterAllowTraffic")
_MOVE = {"Name", "Alias", "CurrentVersion", "TargetVersion"}


@dataclass(frozen=True, kw_only=True)
class AppSpec:
    """A move of an alias.

    Attributes:
        text: as it was given.
        function: name or ARN of the function.
        alias: the alias's name.
        current: the version that it is to be on.
        target: the version that it is to go to.
        hooks: name or ARN of a function, by lifecycle event.
    """

    text: str
    function: str
    alias: str
    current: str
    target: str
    hooks: Mapping[str, str]


def read(revision: Mapping[str, Any]) -> AppSpec:
    """The AppSpec in a revision.

    Raises:
        AwsError: CodeDeploy would refuse it.
    """
    if revision["revisionType"] != "AppSpecContent":
        raise UnknownError(f"a revision of type {revision['revisionType']}")
    text: str = revision["appSpecContent"]["content"]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if revision["appSpecContent"].get("sha256", sha256) != sha256:
        raise AwsError("InvalidRevisionException", f"the content's digest is {sha256}")
    try:
        found = json.loads(text)
        ((resource,),) = (one.values() for one in found["Resources"])
        move = resource["Properties"]
        hooks = {event: name for one in found.get("Hooks", []) for event, name in one.items()}
        faults = [
            *(
                f"{name} is not modelled"
                for name in found.keys() - {"version", "Resources", "Hooks"}
            ),
            *(f"{name} is missing" for name in sorted(_MOVE - move.keys())),
            *(f"{name} is unknown" for name in sorted(move.keys() - _MOVE)),
            *(f"the hook {name} is unknown" for name in hooks if name not in HOOKS),
            *(
                f"{name} is {move[name]!r}, and has to be a published version"
                for name in ("CurrentVersion", "TargetVersion")
                if name in move and not _is_version(move[name])
            ),
        ]
        if resource["Type"] != "AWS::Lambda::Function" or found["version"] != 0.0:
            faults.append("it is not of a Lambda function")
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise AwsError(
            "InvalidRevisionException", f"the AppSpec is none: {error}: {text}"
        ) from error
    if faults:
        raise AwsError("InvalidRevisionException", f"the AppSpec is refused: {'; '.join(faults)}")
    return AppSpec(
        text=text,
        function=move["Name"],
        alias=move["Alias"],
        current=str(move["CurrentVersion"]),
        target=str(move["TargetVersion"]),
        hooks=hooks,
    )


def _is_version(value: object) -> bool:
    return str(value).isdecimal() and int(str(value)) > 0
