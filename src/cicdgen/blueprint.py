"""The whole pipeline, read from top to bottom.

A part is handed only parts that stand above it, so two that need each other cannot be written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cicdgen.names import Names
from cicdgen.resources.alarms import Alarms
from cicdgen.resources.build import Build
from cicdgen.resources.deployer import Deployer
from cicdgen.resources.failures import Failures
from cicdgen.resources.function import ReleasedFunction
from cicdgen.resources.hook import Hook
from cicdgen.resources.keys import Keys
from cicdgen.resources.notices import Notices
from cicdgen.resources.pipeline import ReleasePipeline
from cicdgen.resources.release import Release
from cicdgen.resources.roles import Roles
from cicdgen.resources.storage import Storage
from cicdgen.resources.telemetry import Telemetry
from cicdgen.resources.trigger import Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from troposphere import AWSObject

    from cicdgen.config.schema import Config
    from cicdgen.resources.part import Guard, Part, Permissions


class Blueprint(Struct, frozen=True, kw_only=True):
    """The parts, in the order in which they stand on each other."""

    roles: Roles
    keys: Keys
    telemetry: Telemetry
    storage: Storage
    notices: Notices
    function: ReleasedFunction
    alarms: Alarms
    build: Build
    hook: Hook | None
    release: Release
    deployer: Deployer
    pipeline: ReleasePipeline
    trigger: Trigger
    failures: Failures

    @classmethod
    def define(cls, config: Config) -> Blueprint:
        """Draw the pipeline that the config asks for."""
        names = Names(config.prefix)
        roles = Roles.define(config, names)
        keys = Keys.define(config, names)
        telemetry = Telemetry.define(roles, keys)
        storage = Storage.define(config, names, keys)
        notices = Notices.define(config, names, keys)
        function = ReleasedFunction.define(config, names, roles, keys)
        alarms = Alarms.define(config, names, notices, function)
        build = Build.define(config, names, roles, keys, storage)
        hook = Hook.define(config, names, roles.hook, keys, function) if roles.hook else None
        release = Release.define(config, names, roles, function, alarms, hook)
        deployer = Deployer.define(
            config, names, roles, keys, storage, notices, function, hook, release
        )
        pipeline = ReleasePipeline.define(
            config, names, roles, keys, storage, notices, build, deployer
        )
        trigger = Trigger.define(config, names, roles, storage, notices, pipeline)
        failures = Failures.define(names, notices, build, pipeline)
        return cls(
            roles=roles,
            keys=keys,
            telemetry=telemetry,
            storage=storage,
            notices=notices,
            function=function,
            alarms=alarms,
            build=build,
            hook=hook,
            release=release,
            deployer=deployer,
            pipeline=pipeline,
            trigger=trigger,
            failures=failures,
        )

    def parts(self) -> Iterator[Part]:
        """Every part, from the ground up."""
        for field in self.__struct_fields__:
            part = getattr(self, field)
            if part is not None:
                yield part

    def resources(self) -> Iterator[AWSObject]:
        """Every resource, in the order in which they refer to each other."""
        for part in self.parts():
            yield from part.resources()

    def guards(self) -> Iterator[Guard]:
        """Every policy of a resource, in the same order."""
        for part in self.parts():
            yield from part.guarded()

    def permissions(self) -> Iterator[Permissions]:
        """Every set of permissions, in the same order."""
        for part in self.parts():
            yield from part.granted()
