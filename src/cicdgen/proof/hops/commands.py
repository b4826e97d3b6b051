"""Which calls to AWS the commands of a buildspec make, read without running them.

Only `aws SERVICE COMMAND` is read. Other programs that are known to call AWS are a doubt; of those
that are not known, nobody can tell, and the proof says so.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cicdgen.cloudformation import Shape, Text
from cicdgen.proof.hops.python_code import waited_for
from cicdgen.proof.hops.said import Argument, Said, folded

_CONTINUED = re.compile(r"\\\n\s*")
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_AWS = re.compile(
    r"(?<![\w./-])aws(?P<globals>(?:\s+--[a-z-]+(?:[ =](?!-)\S+)?)*)"
    r"\s+(?P<service>[a-z][a-z0-9-]+)\s+(?P<command>[a-z][a-z0-9-]*)(?P<rest>[^\n|;&]*)"
)
_OPTION = re.compile(r"--([a-z0-9-]+)(?:[ =]+(\"[^\"]*\"|'[^']*'|[^\s\-)\"'][^\s)]*))?")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s)]+")
_TOOLS = re.compile(
    r"(?<![\w./-])(?:npx\s+)?(sam|cdk|terraform|tofu|serverless|sls|pulumi|copilot|chalice)\s+"
    r"(deploy|apply|package|publish|up|sync|destroy)\b"
)
_SERVICES = {"s3api": "s3", "deploy": "codedeploy", "configservice": "config"}
_LOCAL = frozenset({"configure", "help"})


@dataclass(frozen=True, kw_only=True)
class Script:
    """What was read: as `Code`."""

    said: tuple[Said, ...]
    unclear: tuple[str, ...]


def read_script(text: str, variables: Mapping[str, Argument]) -> Script:
    """The calls that some commands make.

    Args:
        text: The commands.
        variables: The environment variables that the project sets.
    """
    text = _CONTINUED.sub(" ", _COMMENT.sub("", text))
    said: list[Said] = []
    unclear = [f"what {found[1]} {found[2]} calls" for found in _TOOLS.finditer(text)]
    if "boto3" in text:
        unclear.append("what boto3 calls")
    for found in _AWS.finditer(text):
        service, command, rest = found["service"], found["command"], found["rest"]
        if service in _LOCAL:
            continue
        if service == "s3":
            said += _high_level(command, rest, variables)
            continue
        name = _operation(service, command, rest)
        if name is None:
            unclear.append(f"what aws {service} {command} calls")
            continue
        arguments = dict(_arguments(rest, variables))
        said.append(
            Said(service=_SERVICES.get(service, service), operation=name, arguments=arguments)
        )
    return Script(said=tuple(said), unclear=tuple(dict.fromkeys(unclear)))


def _operation(service: str, command: str, rest: str) -> str | None:
    if (service, command) == ("ecr", "get-login-password"):
        return "getauthorizationtoken"
    if service == "cloudformation" and command in {"deploy", "package"}:
        return None
    if command == "wait":
        waiter = _WORD.match(rest.strip())
        return waited_for(waiter[0]) if waiter else None
    return folded(command)


def _arguments(rest: str, variables: Mapping[str, Argument]) -> Iterator[tuple[str, Argument]]:
    for found in _OPTION.finditer(rest):
        yield folded(found[1]), _expanded(found[2], variables) if found[2] else None


def _high_level(command: str, rest: str, variables: Mapping[str, Argument]) -> Iterator[Said]:
    """`aws s3 cp` and its like (cli/latest/reference/s3)."""
    words = [word for word in _WORD.findall(rest) if not word.startswith("-")]
    uris = [word.strip("\"'") for word in words]
    is_s3 = [uri.startswith("s3://") for uri in uris[:2]] + [False, False]
    many = command == "sync" or "--recursive" in rest
    reads = command in {"cp", "mv", "sync"} and is_s3[0]
    writes = command in {"cp", "mv", "sync"} and is_s3[1]
    operations = [("getobject", 0)] * reads + [("putobject", 1)] * writes
    if command == "rm" or (command == "mv" and is_s3[0]):
        operations.append(("deleteobject", 0))
    if command == "ls" or (many and any(is_s3)):
        operations.append(("listobjectsv2", 0 if is_s3[0] else 1))
    for operation, index in operations:
        uri = uris[index] if index < len(uris) else ""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        where = _expanded(bucket, variables)
        name = None if many or not key or key.endswith("/") else _expanded(key, variables)
        if where is not None and where.only is not None and where.only.name.startswith("$"):
            where = None
        arguments: dict[str, Argument] = {"bucket": where, "key": name}
        if writes:
            arguments |= {
                {"sse": "serversideencryption", "ssekmskeyid": "ssekmskeyid"}[option]: value
                for option, value in _arguments(rest, variables)
                if option in {"sse", "ssekmskeyid"}
            }
        yield Said(service="s3", operation=operation, arguments=arguments)


def _expanded(word: str, variables: Mapping[str, Argument]) -> Argument:
    """A word of a command line with its variables filled in; None if nothing of it is known."""
    literal = word[:1] == "'"
    word = word.strip("\"'")
    if literal:
        return Text(word)
    if "$(" in word or "`" in word:
        return None
    found, end = Text(""), 0
    for variable in _VARIABLE.finditer(word):
        name = variable[1] or variable[2]
        value = variables.get(name)
        if value is None:
            value = Text.token(f"${name}", Shape.ANY, because="the shell knows it at run time")
        found += Text(word[end : variable.start()]) + value
        end = variable.end()
    found += word[end:]
    only = found.only
    return None if only is not None and only.name.startswith("$") else found
