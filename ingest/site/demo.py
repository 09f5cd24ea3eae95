"""`/demo`: a small page that chats in a room of `/ws`, to have something real to measure."""

from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, make_response, render_template, request

from analytics.services.services import Services
from ingest import sockets
from ingest.proxies.mismatch import mismatch_of
from ingest.sockets import Peer
from settings import Settings

from . import sdk
from .sdk import BuiltFile

PATH = "/demo"


def register(app: Flask, services: Services) -> None:
    """Add the page and its message type `cut-the-line`. Call it after the
    WebSocket routes."""
    files = [file for file in sdk.newest(sdk.built_files()) if not file.name.endswith(".d.ts")]
    app.add_url_rule(PATH, "demo", partial(_page, files, services.settings))
    sockets.types(app).register("cut-the-line", _cut)


def _page(monitor_files: Sequence[BuiltFile], settings: Settings) -> Response:
    """The page, with what it says where its browser opened another address than ours."""
    html = render_template(
        "demo.html",
        monitor_files=monitor_files,
        mismatch=mismatch_of(request.environ, settings),
        allowed=settings.websocket_allowed_origins,
    )
    return make_response(html)


def _cut(peer: Peer, _request: object) -> None:
    """End the connection without a close frame, as a lost network does (1006)."""
    peer.connection.abort()
