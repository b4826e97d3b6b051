"""Code that stands in the template has the handler that Lambda calls, and the variables it reads.

Lambda writes ZipFile to a file called index, and calls the handler in it. Python code that reads
`environ["NAME"]` stops at once where nothing sets it; so does code that asks for an alias that the
function has not got. Source: AWSCloudFormation/aws-properties-lambda-function-code,
lambda/configuration-envvars.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cicdgen.cloudformation import Fields, Text
from cicdgen.cloudformation.text import has_tokens
from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.hops.functions import code_of, variables_of
from cicdgen.proof.parts.place import Place
from cicdgen.proof.parts.referent import Elsewhere, function_of, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Resource, Stack

NAME = "function-inline"
_FUNCTION = "AWS::Lambda::Function"
_CODE = "AWSCloudFormation/aws-properties-lambda-function-code"
_VARIABLES = "lambda/configuration-envvars"
_RESERVED = re.compile(r"AWS_|LAMBDA_|_HANDLER$|_X_AMZN|(?:TZ|LANG|PATH|PYTHONPATH|HOME|PWD)$")
"""Variables that Lambda sets itself."""


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function whose code stands in the template."""
    for function in stack.of_type(_FUNCTION):
        place = Place.of(function)
        text = place.at("Code", "ZipFile").text
        runtime = place.at("Runtime").known or ""
        if place.at("Handler").is_unknown:
            because = f"which function of the code of {function.logical_id} Lambda calls"
            yield Doubt(check=NAME, path=place.at("Handler").path, because=because)
        if text is None or has_tokens(text.code) or not runtime:
            continue
        if not place.at("Layers").is_given and not _is_released(stack, function):
            # A layer may bring a handler of its own, and a release is other code.
            yield from _handled(place.at("Handler"), text.code, runtime)
        if runtime.startswith("python"):
            yield from _set(function, text.code)
            yield from _aliased(stack, function)


def _is_released(stack: Stack, function: Resource) -> bool:
    """Whether other code takes the place of the template's: traffic goes to an alias of it."""
    return any(
        function_of(stack, Place.of(alias).at("FunctionName")) is function
        for alias in stack.of_type("AWS::Lambda::Alias")
    )


def _handled(handler: Place, code: str, runtime: str) -> Iterator[Remark]:
    file, _, name = (handler.known or "").rpartition(".")
    if not file:
        return
    if file != "index":
        message = f"the handler is in {file}, and code in the template is a file called index"
        yield _flaw(handler, message, f"set Handler: index.{name}", _CODE)
    elif not _defines(code, name, runtime):
        message = f"the handler is {name}, and the code defines no {name}"
        yield _flaw(handler, message, "name a function of the code", _CODE)


def _defines(code: str, name: str, runtime: str) -> bool:
    if not runtime.startswith("python"):
        return re.search(rf"\b{re.escape(name)}\b", code) is not None
    if re.search(rf"^(?:async )?def {re.escape(name)}\b", code, re.MULTILINE):
        return True
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return True
    return any({name, "*"} & set(_bound(node)) for node in ast.walk(tree))


def _bound(node: ast.AST) -> Iterator[str]:
    """The name that a piece of code gives to something; `*` if that may be any."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case _:
            pass


def _set(function: Resource, code: str) -> Iterator[Remark]:
    environment = Place.of(function).at("Environment")
    variables = environment.at("Variables")
    if environment.is_given and not isinstance(variables.value, Fields):
        return
    if "in environ" in code or "in os.environ" in code:
        return
    given = variables_of(function)
    for name in _read(code):
        if name not in given and not _RESERVED.match(name):
            message = (
                f"the code of {function.logical_id} reads the variable {name}, which is not set"
            )
            yield _flaw(variables, message, f"add {name} to Environment.Variables", _VARIABLES)


@lru_cache(maxsize=64)
def _read(code: str) -> tuple[str, ...]:
    """The variables that code takes for granted: `environ["A"]`, also of each name in a tuple."""
    if "environ[" not in code:
        return ()
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return ()
    is_imported = re.search(r"^from os import .*\benviron\b", code, re.MULTILINE) is not None
    return tuple(dict.fromkeys(_taken(tree, is_imported=is_imported)))


def _taken(tree: ast.AST, *, is_imported: bool) -> Iterator[str]:
    """What is read outside of whatever may never run, or may catch that it is missing."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Try | ast.With | ast.If | ast.IfExp):
            continue
        waiting.extend(ast.iter_child_nodes(node))
        match node:
            case ast.Subscript(value=inner, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                if _is_environ(inner, is_imported=is_imported):
                    yield name
            case ast.GeneratorExp(
                elt=ast.Subscript(value=inner, slice=ast.Name(id=each)),
                generators=[ast.comprehension(target=ast.Name(id=of), iter=ast.Tuple(elts=names))],
            ) if each == of and _is_environ(inner, is_imported=is_imported):
                yield from (str(n.value) for n in names if isinstance(n, ast.Constant))
            case _:
                pass


def _is_environ(node: ast.expr, *, is_imported: bool) -> bool:
    match node:
        case ast.Name(id="environ"):
            return is_imported
        case ast.Attribute(value=ast.Name(id="os"), attr="environ"):
            return True
        case _:
            return False


def _aliased(stack: Stack, function: Resource) -> Iterator[Remark]:
    text = Place.of(function).at("Code", "ZipFile").text
    if text is None or "get_alias" not in text.code or unseen(stack):
        return
    code = code_of(function)
    if code is None:
        return
    for said in code.said:
        if (said.service, said.operation) != ("lambda", "getalias"):
            continue
        name, of = said.arguments.get("name"), said.arguments.get("functionname")
        if name is None or of is None or name.known is None:
            continue
        target = function_of(stack, Place(of, function.path))
        if isinstance(target, Elsewhere):
            continue
        known = [
            each.name
            for each in stack.of_type("AWS::Lambda::Alias")
            if function_of(stack, Place.of(each).at("FunctionName")) is target
        ]
        if known and all(each.equals(name) is False for each in known):
            message = (
                f"the code of {function.logical_id} asks for the alias {name} of"
                f" {target.logical_id}, which has {', '.join(map(str, known))}"
            )
            place = _variable(function, name)
            yield _flaw(place, message, "name an alias of the function", "lambda/API_GetAlias")


def _variable(function: Resource, value: Text) -> Place:
    """The environment variable that has a value; else the code."""
    variables = Place.of(function).at("Environment", "Variables")
    found = [place for _, place in variables.fields() if place.text == value]
    return found[0] if found else Place.of(function).at("Code", "ZipFile")


def _flaw(place: Place, message: str, fix: str, source: str) -> Flaw:
    return Flaw(check=NAME, path=place.path, message=message, fix=fix, source=source)
