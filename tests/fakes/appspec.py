"""The AppSpec of a Lambda deployment, as CodeDeploy takes it in the call.

| rests on | behaviour |
| --- | --- |
| codedeploy/reference-appspec-file-structure-resources | one function, four properties |
| codedeploy/reference-appspec-file-structure-resources | versions are positive whole numbers |
| codedeploy/reference-appspec-file-structure-hooks | the two hooks of Lambda |

Not known, and the fake's choice, the harder one for the caller: an AppSpec that is not so, that
names what does not exist, or whose digest is not the one given, is refused at once.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from cicdgen.rehearsal.wire import AwsError, UnknownError

if TYPE_CHECKING:
    from tests.fakes.awslambda import Lambda

    from cicdgen.rehearsal.wire import Members

HOOKS = {"BeforeAllowTraffic", "AfterAllowTraffic"}


def read(revision: Members, function: Lambda) -> tuple[str, Members]:
    """Return a revision's text, and which move of the function's alias it asks for."""
    if revision["revisionType"] != "AppSpecContent":
        raise UnknownError(f"a revision of type {revision['revisionType']}")
    text: str = revision["appSpecContent"]["content"]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if revision["appSpecContent"].get("sha256", sha256) != sha256:
        raise AwsError("InvalidRevisionException", f"the content's digest is {sha256}")
    try:
        appspec = json.loads(text)
        ((resource,),) = (one.values() for one in appspec["Resources"])
        move: Members = resource["Properties"]
        hooks = {hook for one in appspec.get("Hooks", []) for hook in one}
        versions = {move["CurrentVersion"], move["TargetVersion"]}
        sound = (
            appspec.keys() <= {"version", "Resources", "Hooks"}
            and appspec["version"] == 0.0
            and resource.keys() == {"Type", "Properties"}
            and resource["Type"] == "AWS::Lambda::Function"
            and move.keys() == {"Name", "Alias", "CurrentVersion", "TargetVersion"}
            and (move["Name"], move["Alias"]) == (function.name, function.alias_name)
            and versions <= {*function.versions}
            and hooks <= HOOKS
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise AwsError("InvalidRevisionException", f"{error}: {text}") from error
    if not sound:
        raise AwsError("InvalidRevisionException", text)
    return text, move
