"""`/agents/`: the wheels of the server agent, and an index that pip understands:

    pip install wsmon-agent --find-links https://metrics.example.com/agents/

They are built from `assets/agents` by `scripts/agents/build`; a wheel never changes.
"""

import hashlib
import html
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

from analytics.services.services import Services
from settings import CHECKOUT

BUILT = CHECKOUT / "assets" / "agents" / "built"
NAME = "wsmon-agent"
LEAST_PYTHON = "3.9"
PATH = "/agents/"
NOT_STORED = {"Cache-Control": "no-store"}
FOR_EVER = "public, max-age=31536000, immutable"
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>
<body><h1>{name}</h1>
<p>Measures the WebSockets of a Python server. SHA-256 digests stand in the links.</p>
{links}
</body></html>
"""
LINK = (
    '<a href="{file}#sha256={digest}" data-requires-python="&gt;={python}">{file}</a> {digest}<br>'
)
Wheels = Mapping[str, bytes]


def wheels(folder: Path = BUILT) -> Wheels:
    """The wheels by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.whl"))}


def digest(content: bytes) -> str:
    """SHA-256 as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def index(files: Wheels) -> str:
    """The page that names each wheel with its digest (PEP 503)."""
    links = "\n".join(
        LINK.format(file=html.escape(name), digest=digest(content), python=LEAST_PYTHON)
        for name, content in files.items()
    )
    return PAGE.format(name=NAME, links=links)


def register(app: Flask, _services: Services) -> None:
    """Serve the index and every wheel."""
    files = wheels()
    page = index(files)

    def serve_index() -> Response:
        return Response(page, headers=NOT_STORED, content_type="text/html; charset=utf-8")

    def serve_wheel(filename: str) -> Response:
        content = files.get(filename)
        if content is None:
            return Response("There is no such file.\n", 404, NOT_STORED, "text/plain")
        response = Response(content, content_type="application/octet-stream")
        response.set_etag(digest(content)[:32])
        response.headers["Cache-Control"] = FOR_EVER
        response.make_conditional(request)
        return response

    app.add_url_rule(PATH, "agents", serve_index)
    app.add_url_rule("/agents/<filename>", "agent_wheel", serve_wheel)
