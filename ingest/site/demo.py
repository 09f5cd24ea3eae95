"""`/demo`: a small page that chats in a room of `/ws`, to have something real to measure."""

from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, make_response, render_template

from analytics.services.services import Services
from ingest import sockets
from ingest.sockets import Peer

from . import sdk
from .sdk import BuiltFile

PATH = "/demo"


def register(app: Flask, _services: Services) -> None:
    """Add the page and its message type `cut-the-line`. Call it after the
    WebSocket routes."""
    files = [file for file in sdk.newest(sdk.built_files()) if not file.name.endswith(".d.ts")]
    app.add_url_rule(PATH, "demo", partial(_page, files))
    sockets.types(app).register("cut-the-line", _cut)


def _page(monitor_files: Sequence[BuiltFile]) -> Response:
    return make_response(render_template("demo.html", monitor_files=monitor_files))


def _cut(peer: Peer, _request: object) -> None:
    """End the connection without a close frame, as a lost network does (1006)."""
    peer.connection.abort()
