"""The release hook: tries the new version before it gets traffic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from troposphere import Ref

from cicdgen import arns
from cicdgen.policies import hook as hook_policies
from cicdgen.policies import telemetry
from cicdgen.resources.inline import inline_function
from cicdgen.resources.literal import literal
from cicdgen.resources.logs import log_group
from cicdgen.resources.part import Part, Permissions

if TYPE_CHECKING:
    from troposphere.awslambda import Function
    from troposphere.iam import Role
    from troposphere.logs import LogGroup

    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.function import ReleasedFunction
    from cicdgen.resources.keys import Keys

# The hook waits for one invocation of the function, which may take its whole timeout.
_SECONDS_BESIDE_THE_INVOCATION = 60


class Hook(Part, frozen=True, kw_only=True):
    """The hook, its log and what it may do."""

    log: LogGroup
    permissions: Permissions
    function: Function

    @classmethod
    def define(
        cls, config: Config, names: Names, role: Role, keys: Keys, released: ReleasedFunction
    ) -> Hook:
        """The hook for this function."""
        log = log_group("hook", config, names, keys)
        return cls(
            log=log,
            permissions=Permissions(
                "HookPolicy",
                (Ref(role),),
                (
                    telemetry.write_log(arns.of(log)),
                    *hook_policies.hook(
                        group=arns.deployment_group(names),
                        versions=arns.within(released.function, ":*"),
                    ),
                ),
            ),
            function=inline_function(
                "Hook",
                config,
                names,
                keys,
                role=role,
                log=log,
                timeout=config.function.timeout + _SECONDS_BESIDE_THE_INVOCATION,
                environment={
                    "FUNCTION_NAME": Ref(released.function),
                    "SMOKE_EVENT": literal(json.dumps(config.release.smoke_event)),
                },
            ),
        )
