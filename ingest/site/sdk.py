"""`/sdk/*`: the browser monitor as built files, for pages of every origin.

`/sdk/VERSION/FILE` never changes and is cached for ever; `/sdk/websocket-client-monitor.js` is
the newest version. The files are built from `assets/sdk` by `scripts/sdk/build`.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask, Response, request

from analytics.services.services import Services
from analytics.setup.setup import MonitorFile
from settings import CHECKOUT

FOLDER = CHECKOUT / "assets" / "sdk"
BUILT = FOLDER / "built"
NAME = "websocket-client-monitor"
SCRIPT = f"{NAME}.js"
NOT_STORED = {"Cache-Control": "no-store"}
PATH = f"/sdk/{SCRIPT}"
CACHE_SECONDS = 3600  # of the newest version's address
FOR_EVER = "public, max-age=31536000, immutable"
CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".ts": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class BuiltFile:
    """One file of one version of the monitor."""

    version: str
    name: str
    content: bytes

    @property
    def path(self) -> str:
        """The address that never changes."""
        return f"/sdk/{self.version}/{self.name}"

    @property
    def content_type(self) -> str:
        """JavaScript, or text for the type declarations."""
        return CONTENT_TYPES[Path(self.name).suffix]

    @cached_property
    def integrity(self) -> str:
        """Its digest as Subresource Integrity names it."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.content).digest()).decode()


BuiltFiles = Mapping[str, BuiltFile]


def built_files(folder: Path = BUILT) -> BuiltFiles:
    """All files of all versions by `VERSION/FILE`, oldest version first."""
    paths = sorted(folder.glob("*/*"), key=lambda path: (_ordinal(path.parent.name), path.name))
    files = (BuiltFile(path.parent.name, path.name, path.read_bytes()) for path in paths)
    return {f"{file.version}/{file.name}": file for file in files}


def newest(files: BuiltFiles) -> list[BuiltFile]:
    """The files of the highest version."""
    version = max((file.version for file in files.values()), key=_ordinal)
    return [file for file in files.values() if file.version == version]


def monitor_file() -> MonitorFile:
    """The newest script at the address that never changes, with its digest."""
    (file,) = (file for file in newest(built_files()) if file.name == SCRIPT)
    return MonitorFile(file.path, file.integrity)


def script() -> str:
    """The newest version as a classic script that defines `WebSocketClientMonitor`."""
    (file,) = (file for file in newest(built_files()) if file.name == SCRIPT)
    return file.content.decode()


def register(app: Flask, _services: Services) -> None:
    """Serve every version, and the newest under its own address."""
    files = built_files()
    latest = next(file for file in newest(files) if file.name == SCRIPT)

    def serve_version(version: str, filename: str) -> Response:
        file = files.get(f"{version}/{filename}")
        if file is None:  # perhaps not yet: another process may serve a newer version already
            return Response("There is no such version or file.\n", 404, NOT_STORED, "text/plain")
        return _response(file, FOR_EVER)

    def serve_latest() -> Response:
        return _response(latest, f"public, max-age={CACHE_SECONDS}")

    app.add_url_rule(PATH, "sdk", serve_latest)
    app.add_url_rule("/sdk/<version>/<filename>", "sdk_version", serve_version)


def _response(file: BuiltFile, caching: str) -> Response:
    response = Response(file.content, content_type=file.content_type)
    response.set_etag(file.integrity.removeprefix("sha384-")[:32])
    response.headers["Cache-Control"] = caching
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response


def _ordinal(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
