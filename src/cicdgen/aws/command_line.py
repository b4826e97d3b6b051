"""The AWS CLI's single calls, for a build that is rehearsed.

Run as `python -m cicdgen.aws.command_line s3api put-object ...`. The names and types of the options
are those of botocore's models, as the CLI's are. Everything else of the CLI (`aws s3 cp`, waiters,
shorthand) is refused: it would be a guess. Exit codes are the CLI's: 252 for a wrong command line,
253 where something is lacking here, 254 for what the service refuses (cli/cli-usage-returncodes).
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

USAGE: Final = 252
LACKING: Final = 253
REFUSED: Final = 254
_FLAGS: Final = {"--no-cli-pager"}


@dataclass(kw_only=True)
class _Line:
    """A command line, taken apart."""

    service: str
    operation: str
    output: str = "json"
    query: str | None = None
    region: str | None = None
    given: dict[str, list[str]] = field(default_factory=dict)
    outfile: str | None = None


def main(words: list[str]) -> int:
    """Make one call, and print what it answers."""
    import botocore.session  # noqa: PLC0415 - see the package
    from botocore import xform_name  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    line = _read(words)
    session = botocore.session.get_session()
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint is None:
        _fail(LACKING, "this build is rehearsed without AWS: no call is answered")
    service = "s3" if line.service == "s3api" else line.service
    try:
        client = session.create_client(service, region_name=line.region, endpoint_url=endpoint)
        model = client.meta.service_model
        names = {xform_name(name, "-"): name for name in model.operation_names}
        if line.operation not in names:
            _fail(USAGE, f"aws {line.service} {line.operation} is not modelled")
        operation = model.operation_model(names[line.operation])
        answer = getattr(client, xform_name(operation.name))(**_arguments(line, operation))
    except ClientError as error:
        _fail(REFUSED, str(error))
    except BotoCoreError as error:
        _fail(LACKING, str(error))
    answer.pop("ResponseMetadata", None)
    _show(line, _saved(line, answer))
    return 0


def _read(words: list[str]) -> _Line:
    if len(words) < 2 or words[0].startswith("-"):  # noqa: PLR2004 - a service and its operation
        _fail(USAGE, "aws SERVICE OPERATION is needed")
    line = _Line(service=words[0], operation=words[1])
    rest = words[2:]
    while rest:
        word = rest.pop(0)
        if word in _FLAGS:
            continue
        if not word.startswith("--"):
            line.outfile = word
            continue
        values: list[str] = []
        while rest and not rest[0].startswith("--"):
            values.append(rest.pop(0))
        line.given[word[2:]] = values
    for name in ("output", "query", "region"):
        if name in line.given:
            setattr(line, name, line.given.pop(name)[0])
    return line


def _arguments(line: _Line, operation: Any) -> dict[str, Any]:  # noqa: ANN401 - botocore's
    from botocore import xform_name  # noqa: PLC0415

    members = operation.input_shape.members if operation.input_shape else {}
    names = {xform_name(name, "-"): name for name in members}
    found: dict[str, Any] = {}
    for option, values in line.given.items():
        said_no = option.startswith("no-") and option not in names
        name = names.get(option.removeprefix("no-") if said_no else option)
        if name is None:
            _fail(USAGE, f"the option --{option} is not modelled")
        shape = members[name]
        if shape.type_name == "boolean" and not values:
            found[name] = not said_no
            continue
        if operation.has_streaming_output and len(values) > 1 and shape.type_name != "list":
            line.outfile = values.pop()
        found[name] = _value(option, values, shape)
    return found


def _value(option: str, values: list[str], shape: Any) -> Any:  # noqa: ANN401 - as above
    if shape.type_name == "list" and not values[0].startswith("["):
        if shape.member.type_name == "string":
            return values
        _fail(USAGE, f"--{option}: shorthand is not modelled: write JSON")
    if len(values) != 1:
        _fail(USAGE, f"--{option} has {len(values)} values")
    return (
        _blob(option, values[0], shape)
        if shape.type_name == "blob"
        else _scalar(option, values[0], shape.type_name)
    )


def _blob(option: str, text: str, shape: Any) -> bytes:  # noqa: ANN401 - as above
    if shape.serialization.get("streaming"):
        return Path(text).read_bytes()
    if not text.startswith("fileb://"):
        _fail(USAGE, f"--{option}: bytes are given as fileb://NAME")
    return Path(text.removeprefix("fileb://")).read_bytes()


def _scalar(option: str, text: str, kind: str) -> Any:  # noqa: ANN401 - any JSON
    if text.startswith("file://"):
        text = Path(text.removeprefix("file://")).read_text(encoding="utf-8")
    match kind:
        case "string":
            return text
        case "integer" | "long":
            return int(text)
        case "structure" | "list" | "map" if text.lstrip()[:1] in {"{", "["}:
            return json.loads(text)
        case _:
            return _fail(USAGE, f"--{option}: a {kind} in this form is not modelled: write JSON")


def _saved(line: _Line, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, with a body that streams written to its file."""
    for name, value in list(answer.items()):
        if hasattr(value, "read"):
            if line.outfile is None:
                _fail(USAGE, "a name for the file is needed")
            Path(line.outfile).write_bytes(value.read())
            del answer[name]
    return answer


def _show(line: _Line, answer: Any) -> None:  # noqa: ANN401 - any JSON
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - botocore's own

    shown = jmespath.search(line.query, answer) if line.query else answer
    if line.output == "json":
        sys.stdout.write(json.dumps(shown, indent=4, default=str) + "\n")
        return
    if line.output != "text" or isinstance(shown, dict):
        _fail(USAGE, f"--output {line.output} of this is not modelled")
    cells = shown if isinstance(shown, list) else [shown]
    if any(isinstance(each, list | dict) for each in cells):
        _fail(USAGE, "--output text of nested values is not modelled")
    sys.stdout.write("\t".join(str(each) for each in cells) + "\n")


def _fail(code: int, message: str) -> NoReturn:
    sys.stderr.write(f"\n{message}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
