"""A project to build and test, with wheels of its own and no index."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.buildspecs import wheels
from tests.buildspecs.project import Project

if TYPE_CHECKING:
    from pathlib import Path

TINY = {
    "tiny/__init__.py": "GREETING = 'hello'\n",
    "tiny/caf\u00e9.txt": "a name that is not ASCII\n",
    "tiny/__pycache__/__init__.cpython-39.pyc": "compiled on another machine\n",
}


class Wheelhouse(NamedTuple):
    """A folder of wheels, and the pins that name them."""

    folder: Path
    tiny: str
    """A package with a console script and a name that is not ASCII."""
    needy: str
    """A package that requires `tiny`."""
    pytest: str
    """pytest and its closure."""


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Wheelhouse:
    """The wheels that the builds install from."""
    folder = tmp_path_factory.mktemp("wheels")
    return Wheelhouse(
        folder=folder,
        tiny=wheels.make(folder, name="tiny", files=TINY, scripts="tiny = tiny:main"),
        needy=wheels.make(
            folder, name="needy", files={"needy.py": ""}, metadata="Requires-Dist: tiny\n"
        ),
        pytest=wheels.repack(folder, name="pytest"),
    )


@pytest.fixture
def project(tmp_path: Path, wheelhouse: Wheelhouse) -> Project:
    """A function with one dependency, and a bucket that keeps versions."""
    return lay_out(tmp_path, wheelhouse)


@pytest.fixture(scope="session")
def first_release(
    tmp_path_factory: pytest.TempPathFactory, wheelhouse: Wheelhouse
) -> dict[str, bytes]:
    """What a build of the untouched project stores."""
    project = lay_out(tmp_path_factory.mktemp("first"), wheelhouse)
    project.run_build()
    return project.stored()


def lay_out(folder: Path, wheelhouse: Wheelhouse) -> Project:
    """Write the project into *folder*."""
    project = Project(folder=folder, wheels=wheelhouse.folder)
    project.write(
        {
            "src/index.py": "import tiny\n\n\ndef handler(event, context):\n"
            "    return tiny.GREETING\n",
            "src/data/text.txt": "data\n",
            "requirements.txt": wheelhouse.tiny,
            "requirements-dev.txt": wheelhouse.pytest,
            "tests/test_index.py": "import index\n\n\ndef test_handler():\n"
            "    assert index.handler({}, None) == 'hello'\n",
        }
    )
    project.set_bucket(versioning="Enabled")
    return project
