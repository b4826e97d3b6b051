"""What a machine is told ends with a result, whatever happens."""

from __future__ import annotations

import json

import pytest

from cicdgen.cli.telling import telling
from cicdgen.deploying.happenings import Noted
from cicdgen.errors import AwsError


@pytest.mark.parametrize(
    "error, status",
    [
        pytest.param(None, "succeeded", id="nothing"),
        pytest.param(AwsError("no"), "failed", id="an error of AWS's"),
        pytest.param(KeyboardInterrupt(), "interrupted", id="Ctrl-C"),
        pytest.param(ZeroDivisionError("a bug"), "failed", id="a bug"),
        pytest.param(OSError(28, "No space left on device"), "failed", id="a full disk"),
    ],
)
def test_the_last_line_is_the_result(
    capsys: pytest.CaptureFixture[str], error: BaseException | None, status: str
) -> None:
    """A program that reads it need not guess."""

    def run() -> None:
        with telling("ndjson", None) as observe:
            observe(Noted(text="hello"))
            if error is not None:
                raise error

    if error is None:
        run()
    else:
        with pytest.raises(type(error)):
            run()
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert ["info", "result"] == [row["type"] for row in rows]
    assert status == rows[-1]["status"]
