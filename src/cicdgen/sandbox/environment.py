"""The virtual environment that the sandbox lives in: ministack pins a botocore of its own.

`cicdgen sandbox install` makes it in the user's cache, from the locked requirements that travel
with the package. CICDGEN_SANDBOX names another one, as this repository's Makefile does.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cicdgen.errors import CicdgenError

VARIABLE = "CICDGEN_SANDBOX"
INSTALL = "cicdgen sandbox install"

_PACKAGE = Path(__file__).parent
# They stand with the other locks in the checkout; the wheel has them inside the package.
_REQUIREMENTS = (
    _PACKAGE / "requirements.txt",
    _PACKAGE.parents[2] / "requirements" / "sandbox.txt",
)


def requirements() -> Path:
    """The locked requirements, with their hashes."""
    return next(path for path in _REQUIREMENTS if path.is_file())


def folder() -> Path:
    """Where the environment is, or would be made.

    The name holds a digest of the requirements: a cicdgen that locks others makes another.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    digest = hashlib.sha256(requirements().read_bytes()).hexdigest()[:12]
    return cache / "cicdgen" / f"sandbox-{digest}"


def python() -> Path:
    """The environment's interpreter.

    Raises:
        CicdgenError: it is not installed.
    """
    place = folder()
    found = place / "bin" / "python"
    if found.is_file():
        return found
    if os.environ.get(VARIABLE):
        raise CicdgenError(
            f"{VARIABLE} is {place}, which is no virtual environment",
            hint=f"unset it and run `{INSTALL}`",
        )
    raise CicdgenError("the sandbox is not installed", hint=f"run `{INSTALL}`, once")


def install() -> Path:
    """Make the environment, and return its folder. What is there is left as it is.

    An environment knows its own path, so it is made in its place; its interpreter gets the name
    that `python` looks for when all is there. A run that was stopped leaves nothing that looks
    installed.

    Raises:
        CicdgenError: pip failed.
    """
    place = folder()
    if (place / "bin" / "python").is_file():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(place)], "the environment cannot be made")
    interpreter = place / "bin" / "python"
    hidden = interpreter.with_name("python-unfinished")
    interpreter.rename(hidden)
    command = [str(hidden), "-I", "-m", "pip", "install", "--quiet", "--require-hashes"]
    _run([*command, "--requirement", str(requirements())], "pip could not install the sandbox")
    hidden.rename(interpreter)
    return place


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        reason = next(
            (line for line in lines if line.startswith("ERROR")), lines[-1] if lines else ""
        )
        raise CicdgenError(f"{what}: {reason}", hint="is a package index within reach?")
