"""A function runs on a runtime that still gets security updates.

Source: lambda/lambda-runtimes, as of 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicdgen.proof.flaw import Doubt, Flaw, Remark
from cicdgen.proof.parts.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cicdgen.cloudformation import Stack

NAME = "function-runtime"
_DEPRECATED = {
    "python2.7": "2021-07-15",
    "python3.6": "2022-07-18",
    "python3.7": "2023-12-04",
    "python3.8": "2024-10-14",
    "python3.9": "2025-12-15",
    "python3.10": "2026-10-31",
    "nodejs": "2016-08-30",
    "nodejs4.3": "2020-03-05",
    "nodejs4.3-edge": "2020-03-05",
    "nodejs6.10": "2019-08-12",
    "nodejs8.10": "2020-03-06",
    "nodejs10.x": "2021-07-30",
    "nodejs12.x": "2023-03-31",
    "nodejs14.x": "2023-12-04",
    "nodejs16.x": "2024-06-12",
    "nodejs18.x": "2025-09-01",
    "nodejs20.x": "2026-04-30",
    "go1.x": "2024-01-08",
    "java8": "2024-01-08",
    "ruby2.5": "2021-07-30",
    "ruby2.7": "2023-12-07",
    "ruby3.2": "2026-03-31",
    "dotnetcore1.0": "2019-06-27",
    "dotnetcore2.0": "2019-05-30",
    "dotnetcore2.1": "2022-01-05",
    "dotnetcore3.1": "2023-04-03",
    "dotnet6": "2024-12-20",
    "dotnet7": "2024-05-14",
    "dotnet8": "2026-11-10",
    "provided": "2024-01-08",
    "provided.al2": "2026-07-31",
}


def check(stack: Stack) -> Iterator[Remark]:
    """Look at every function."""
    for function in stack.of_type("AWS::Lambda::Function"):
        runtime = Place.of(function).at("Runtime")
        if runtime.is_unknown:
            because = f"whether {runtime} still gets security updates"
            yield Doubt(check=NAME, path=runtime.path, because=because)
        since = _DEPRECATED.get(runtime.known or "")
        if since is not None:
            yield Flaw(
                check=NAME,
                path=runtime.path,
                message=f"{function.logical_id} runs on {runtime}, deprecated since {since}",
                fix="use a runtime that is supported, as python3.13",
                source="lambda/lambda-runtimes",
            )
