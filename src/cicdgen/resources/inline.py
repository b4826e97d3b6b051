"""A function of our own: its code travels in the template, its environment is encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import Ref
from troposphere.awslambda import Code, Environment, Function, LoggingConfig, TracingConfig

from cicdgen import arns, assets

if TYPE_CHECKING:
    from troposphere.iam import Role
    from troposphere.logs import LogGroup

    from cicdgen.config.schema import Config
    from cicdgen.names import Names
    from cicdgen.resources.keys import Keys

# Whatever the released function's runtime is.
_RUNTIME = "python3.13"
_MEMORY = 256


def inline_function(
    title: str,
    config: Config,
    names: Names,
    keys: Keys,
    *,
    role: Role,
    log: LogGroup,
    timeout: int,
    environment: dict[str, object],
) -> Function:
    """A function whose code is the file of its name in lambda_code/.

    Args:
        title: the logical id, e.g. `Deployer`.
        config: for the architecture, which has to exist in the region anyhow.
        names: for the physical name.
        keys: for the key of the environment.
        role: it runs as this role.
        log: it writes to this log group.
        timeout: in seconds.
        environment: what its code reads.
    """
    name = title.lower()
    return Function(
        title,
        FunctionName=names.part(name),
        Role=arns.of(role),
        Runtime=_RUNTIME,
        Architectures=[config.function.architecture],
        Handler="index.handler",
        Code=Code(ZipFile=assets.lambda_code(name)),
        MemorySize=_MEMORY,
        Timeout=timeout,
        KmsKeyArn=arns.of(keys.function),
        TracingConfig=TracingConfig(Mode="Active"),
        LoggingConfig=LoggingConfig(LogFormat="JSON", LogGroup=Ref(log)),
        Environment=Environment(Variables=environment),
    )
