"""What every actor that runs code shares: writing encrypted logs, and for functions, traces.

One policy for several roles: the statements are the same for each, and a reader finds them once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref

from cicdgen import arns
from cicdgen.policies import telemetry as telemetry_policies
from cicdgen.resources.part import Part, Permissions

if TYPE_CHECKING:
    from cicdgen.resources.keys import Keys
    from cicdgen.resources.roles import Roles


class Telemetry(Part, frozen=True, kw_only=True):
    """Permissions that several roles share."""

    logs: Permissions
    traces: Permissions

    @classmethod
    def define(cls, roles: Roles, keys: Keys) -> Telemetry:
        """Encrypted logs for all that run, traces for the functions."""
        functions = [roles.function, roles.deployer, *((roles.hook,) if roles.hook else ())]
        everybody = [*functions, roles.build, roles.test]
        return cls(
            logs=Permissions(
                "LogPolicy",
                tuple(Ref(role) for role in everybody),
                (
                    telemetry_policies.encrypt_logs(
                        key=arns.of(keys.function), via_logs=arns.via("logs")
                    ),
                ),
            ),
            traces=Permissions(
                "TracePolicy",
                tuple(Ref(role) for role in functions),
                (telemetry_policies.trace(),),
            ),
        )
