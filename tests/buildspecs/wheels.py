"""Wheels for builds without an index: a hand-made one, and this environment's own packages."""

from __future__ import annotations

import hashlib
import zipfile
from importlib.metadata import distribution
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def make(
    folder: Path, *, name: str, files: Mapping[str, str], metadata: str = "", scripts: str = ""
) -> str:
    """Write version 1.0 of the wheel *name* into *folder*; return its hashed pin.

    *metadata* is added to METADATA; *scripts* are lines of `console_scripts`.
    """
    info = f"{name}-1.0.dist-info"
    content = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{scripts}\n",
    }
    content[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in content.items():
            archive.writestr(path, text)
    return _pin(name, "1.0", wheel)


def repack(folder: Path, *, name: str) -> str:
    """Write wheels of the installed *name* and all it requires; return their hashed pins."""
    pins = []
    for member in sorted(set(_closure(name))):
        found = distribution(member)
        wheel = folder / f"{found.name.replace('-', '_')}-{found.version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path in found.files or []:
                if ".." not in path.parts and "__pycache__" not in path.parts:
                    archive.write(str(path.locate()), str(path))
        pins.append(_pin(found.name, found.version, wheel))
    return "".join(pins)


def _closure(name: str) -> Iterator[str]:
    yield name
    for text in distribution(name).requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from _closure(requirement.name)


def _pin(name: str, version: str, wheel: Path) -> str:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={version} --hash=sha256:{digest}\n"
