"""A wheel of a package without dependencies: the same bytes wherever and whenever it is built.

Binary distribution format: https://packaging.python.org/en/latest/specifications/
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold
MODE = 0o100644 << 16
SUFFIXES = (".py", ".typed")
WHEEL = "Wheel-Version: 1.0\nGenerator: wsmon\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = """Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: {summary}
Requires-Python: >={python}
"""


def sources(package: Path) -> dict[str, bytes]:
    """The files of a package by their path in the wheel."""
    return {
        str(path.relative_to(package.parent)): path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.suffix in SUFFIXES
    }


def wheel(name: str, version: str, summary: str, python: str, files: Mapping[str, bytes]) -> bytes:
    """The wheel of these files. Nothing is compressed, as compressors differ."""
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = METADATA.format(name=name, version=version, summary=summary, python=python)
    content = {
        **files,
        f"{folder}/METADATA": metadata.encode(),
        f"{folder}/WHEEL": WHEEL.encode(),
    }
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in content.items())
    content[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, EARLIEST)
            entry.external_attr, entry.create_system = MODE, 3
            file.writestr(entry, data)
    return archive.getvalue()


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + digest.rstrip(b"=").decode()
