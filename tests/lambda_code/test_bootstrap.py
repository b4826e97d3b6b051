import hashlib
import json

from tests.lambda_code.conftest import LAMBDA_CODE, load


def test_placeholder_never_changes() -> None:
    """The placeholder has the bytes it was first shipped with.

    If this fails, restore the file. Other bytes would put the placeholder back on $LATEST in every
    stack that is updated.
    """
    digest = hashlib.sha256((LAMBDA_CODE / "bootstrap.py").read_bytes()).hexdigest()

    assert digest == "2e9bed3431b913506dfda052fa52135e4e802536d294e4cd5904043a35a14bfb"


def test_placeholder_says_that_there_is_no_release() -> None:
    """Whoever calls the function before its first release gets a 503 that says what to do."""
    answer = load("bootstrap").handler({}, None)

    assert isinstance(answer, dict)
    assert answer["statusCode"] == 503
    assert json.loads(answer["body"]) == {
        "message": "no release yet: upload the source to start the pipeline"
    }
