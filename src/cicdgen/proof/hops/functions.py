"""The code of functions, where the template has it.

Source: AWSCloudFormation/aws-properties-lambda-function-code (ZipFile is a file called index).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from cicdgen.cloudformation import Fields, Resource, Text
from cicdgen.cloudformation.intrinsics import as_text, resolved
from cicdgen.cloudformation.truth import Truth
from cicdgen.proof.hops.python_code import Code, read_python
from cicdgen.proof.hops.said import Argument
from cicdgen.proof.hops.site import Site

FUNCTION = "AWS::Lambda::Function"
_REPORTS = "putlifecycleeventhookexecutionstatus"


@lru_cache(maxsize=256)
def code_of(function: Resource) -> Code | None:
    """What a function's code calls; None if the template has not got its code."""
    code = function.properties.get("Code")
    text = code.get("ZipFile") if isinstance(code, Fields) else None
    if not isinstance(text, Text) or text.only is not None:
        return None
    runtime = function.properties.get("Runtime")
    if isinstance(runtime, Text) and runtime.code.startswith("python"):
        read = read_python(text.code, variables_of(function))
        if read.said and not _has_known_variables(function):
            return replace(read, unclear=(*read.unclear, "its variables are not known"))
        return read
    unclear: tuple[str, ...] = ("only Python is read",) if "aws" in text.code.lower() else ()
    return Code(said=(), unclear=unclear, text=text.code)


def variables_of(function: Resource) -> Mapping[str, Argument]:
    """Its environment variables."""
    environment = function.properties.get("Environment")
    given = environment.get("Variables") if isinstance(environment, Fields) else None
    members = given.items() if isinstance(given, Fields) else ()
    return {name: value if isinstance(value, Text) else None for name, value in members}


def _has_known_variables(function: Resource) -> bool:
    """Whether it is known which variables there are, whatever their values."""
    environment = function.properties.get("Environment")
    given = environment.get("Variables") if isinstance(environment, Fields) else environment
    return given is None or isinstance(given, Fields)


def hooks(site: Site) -> Iterator[tuple[Resource, Truth]]:
    """The functions that report to CodeDeploy what came of a lifecycle event; None if they may."""
    told = set(_told(site))
    for function in site.every(FUNCTION):
        code = code_of(function)
        if function.arn in told or any(
            s.operation == _REPORTS for s in (code.said if code else ())
        ):
            yield function, True
        elif code is None or code.unclear:
            yield function, None


def _told(site: Site) -> Iterator[Text]:
    """The hooks that an alias names, if CloudFormation has CodeDeploy move it."""
    for alias in site.every("AWS::Lambda::Alias"):
        policy = site.stack.template.resources[alias.logical_id].get("UpdatePolicy")
        update = policy.get("CodeDeployLambdaAliasUpdate") if isinstance(policy, dict) else None
        for name in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook"):
            if isinstance(update, dict) and name in update:
                path = ("Resources", alias.logical_id, "UpdatePolicy")
                found = site.find(as_text(resolved(update[name], path, site.stack)), FUNCTION)
                if found is not None:
                    yield found.arn
