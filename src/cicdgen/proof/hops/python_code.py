"""Which calls to AWS some Python code makes through boto3, read without running it.

It errs on one side: a client whose way through the code cannot be followed is told as unclear, and
an argument that is not certain is not known.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cicdgen.cloudformation import Shape, Text
from cicdgen.cloudformation.text import has_tokens
from cicdgen.proof.hops.said import Argument, Said, folded

_WAITERS = {
    "bucketexists": "headbucket",
    "deploymentsuccessful": "getdeployment",
    "functionactive": "getfunctionconfiguration",
    "functionactivev2": "getfunction",
    "functionexists": "getfunction",
    "functionupdated": "getfunctionconfiguration",
    "functionupdatedv2": "getfunction",
    "objectexists": "headobject",
    "publishedversionactive": "getfunctionconfiguration",
}
"""What a waiter asks, by its name."""

_LOCAL = frozenset({"close", "can_paginate", "generate_presigned_url", "generate_presigned_post"})
"""Methods of a client that call nothing."""


@dataclass(frozen=True)
class Client:
    """A client of a service, or (`waits_for`, `pages`) what it makes to call one operation."""

    service: str
    waits_for: str = ""
    pages: str = ""


Known: TypeAlias = "Text | Client | dict[str, Known] | tuple[Known, ...] | None"


@dataclass(frozen=True, kw_only=True)
class Code:
    """What was read.

    Attributes:
        said: The calls.
        unclear: What could not be followed, a sentence each.
        text: The code itself.
    """

    said: tuple[Said, ...]
    unclear: tuple[str, ...]
    text: str


def waited_for(name: str) -> str | None:
    """The operation that a waiter calls."""
    return _WAITERS.get(folded(name))


def read_python(text: str, variables: Mapping[str, Argument]) -> Code:
    """The calls that some code makes.

    Args:
        text: The code.
        variables: The environment variables that it runs with.
    """
    if "boto" not in text and "awssdk" not in text:
        return Code(said=(), unclear=(), text=text)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Code(said=(), unclear=("it cannot be parsed",), text=text)
    nodes = tuple(ast.walk(tree))
    reader = _Reader(text, variables)
    reader.learn(nodes)
    said = tuple(reader.calls(nodes))
    return Code(said=said, unclear=tuple(dict.fromkeys(reader.unclear)), text=text)


class _Reader:
    """Reads one module. A name that is bound twice to different things is not known."""

    def __init__(self, text: str, variables: Mapping[str, Argument]) -> None:
        self._text = text
        self._variables = variables
        self._names: dict[str, Known] = {}
        self._followed: set[int] = set()
        self.unclear: list[str] = []

    def learn(self, nodes: Sequence[ast.AST]) -> None:
        """Take down what names stand for."""
        for node in nodes:
            match node:
                case ast.Assign(targets=[target], value=value):
                    self._bind(target, self.value(value), value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._bind(target, self.value(value), value)
                case ast.arg(arg=name):
                    self._set(name, None)
                case (
                    ast.ImportFrom(module="boto3")
                    | ast.Import(names=[ast.alias(name="boto3", asname=str())])
                ):
                    self.unclear.append("what becomes of boto3 under another name")
                case ast.For(target=target) | ast.AugAssign(target=target):
                    self._bind(target, None, target)
                case _:
                    pass

    def calls(self, nodes: Sequence[ast.AST]) -> Iterator[Said]:
        """Every call of a client."""
        for node in nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=inner, attr=method)):
                    self._use(inner)
                    client = self.value(inner)
                    if isinstance(client, Client):
                        yield from self._said(client, method, node)
                case ast.Attribute(value=inner):
                    self._use(inner)
                case _:
                    pass
        self._look_for_strays(nodes)

    def value(self, node: ast.expr) -> Known:  # noqa: PLR0911 - one for each kind of expression
        """What an expression is, as far as it is certain."""
        match node:
            case ast.Constant(value=str(text)):
                return self._written(text)
            case ast.Name(id=name):
                return self._names.get(name)
            case ast.Subscript(value=inner, slice=index):
                return self._member(inner, self.value(index))
            case ast.Dict(keys=keys, values=values):
                return self._dict(keys, values)
            case ast.Tuple(elts=members) | ast.List(elts=members):
                return tuple(self.value(member) for member in members)
            case ast.GeneratorExp() | ast.ListComp():
                return self._each(node)
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.Call():
                return self._called(node)
            case _:
                return None

    def _written(self, text: str) -> Text:
        """A string of the code, with what the template has put into it by Fn::Sub.

        A mark that stands in the code itself is the template's. The code cannot make one.
        """
        marks = [character for character in text if has_tokens(character)]
        return Text(text) if all(mark in self._text for mark in marks) else Text.literal(text)

    def _member(self, of: ast.expr, index: Known) -> Known:
        key = index.known if isinstance(index, Text) else None
        if key is None:
            return None
        if _is_environ(of):
            return self._variables.get(key)
        held = self.value(of)
        return held.get(key) if isinstance(held, dict) else None

    def _called(self, node: ast.Call) -> Known:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="boto3"), attr="client"),
                args=[name, *_],
            ):
                service = self.value(name)
                if isinstance(service, Text) and service.known:
                    return Client(service.known)
            case ast.Call(
                func=ast.Attribute(value=inner, attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            ) if _is_environ(inner):
                return self._variables.get(name)
            case ast.Call(
                func=ast.Attribute(value=inner, attr="get_waiter" | "get_paginator" as kind),
                args=[ast.Constant(value=str(name)), *_],
            ):
                client = self.value(inner)
                if isinstance(client, Client):
                    if kind == "get_waiter":
                        return Client(client.service, waits_for=name)
                    return Client(client.service, pages=name)
            case _:
                pass
        return None

    def _said(self, client: Client, method: str, node: ast.Call) -> Iterator[Said]:
        operation = folded(method)
        if client.waits_for:
            found = waited_for(client.waits_for)
            if found is None:
                self.unclear.append(f"what the waiter {client.waits_for} calls")
                return
            operation = found
        elif client.pages:
            operation = folded(client.pages)
        elif method in _LOCAL or method in {"get_waiter", "get_paginator"}:
            return
        yield Said(
            service=client.service, operation=operation, arguments=dict(self._arguments(node))
        )

    def _arguments(self, node: ast.Call) -> Iterator[tuple[str, Argument]]:
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                yield folded(keyword.arg), value if isinstance(value, Text) else None
            elif isinstance(value, dict):
                for name, member in value.items():
                    yield folded(name), member if isinstance(member, Text) else None

    def _bind(self, target: ast.expr, value: Known, node: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self._set(name, value)
                if isinstance(value, Client):
                    self._followed.add(id(node))
            case ast.Tuple(elts=members):
                given = value if isinstance(value, tuple) and len(value) == len(members) else None
                for index, member in enumerate(members):
                    self._bind(member, given[index] if given else None, node)
                if given and None not in given:
                    self._followed.update(id(each) for each in ast.walk(node))
            case _:
                pass

    def _set(self, name: str, value: Known) -> None:
        known = self._names.get(name, value)
        if isinstance(known, Client) and known != value:
            self.unclear.append(f"which client {name} is")
        self._names[name] = value if known == value else None

    def _use(self, node: ast.expr) -> None:
        if isinstance(self.value(node), Client):
            self._followed.add(id(node))

    def _look_for_strays(self, nodes: Sequence[ast.AST]) -> None:
        """Clients that go where nothing here follows them."""
        for node in nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="boto3"), attr=made)):
                    if made != "client" or id(node) not in self._followed:
                        self.unclear.append(f"what is done with boto3.{made}")
                case ast.Name(id=name, ctx=ast.Load()) if isinstance(self._names.get(name), Client):
                    if id(node) not in self._followed:
                        self.unclear.append(f"what is done with the client {name}")
                case _:
                    pass

    def _dict(self, keys: list[ast.expr | None], values: list[ast.expr]) -> Known:
        found: dict[str, Known] = {}
        for key, value in zip(keys, values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found[key.value] = self.value(value)
            elif key is None and isinstance(inner := self.value(value), dict):
                found.update(inner)
        return found

    def _each(self, node: ast.GeneratorExp | ast.ListComp) -> Known:
        match node.generators:
            case [ast.comprehension(target=ast.Name(id=name), iter=over, ifs=[])]:
                members = self.value(over)
                if not isinstance(members, tuple):
                    return None
                before = self._names.get(name)
                found: list[Known] = []
                for member in members:
                    self._names[name] = member
                    found.append(self.value(node.elt))
                self._names[name] = before
                return tuple(found)
            case _:
                return None

    def _joined(self, parts: list[ast.expr]) -> Text:
        found = Text("")
        for part in parts:
            value = self.value(part.value if isinstance(part, ast.FormattedValue) else part)
            if not isinstance(value, Text):
                value = Text.token(ast.unparse(part), Shape.ANY, because="it is told at run time")
            found += value
        return found


def _is_environ(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="environ"):
            return True
        case ast.Attribute(value=ast.Name(id="os"), attr="environ"):
            return True
        case _:
            return False
