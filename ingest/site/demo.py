"""`/demo`: a small page that chats in a room of `/ws`, to have something real to measure."""

from flask import Flask, Response, make_response, render_template

from analytics.services.services import Services
from ingest import sockets
from ingest.sockets import Peer

PATH = "/demo"


def register(app: Flask, _services: Services) -> None:
    """Add the page and its message type `cut-the-line`. Call it after `sockets.register`."""
    app.add_url_rule(PATH, "demo", _page)
    sockets.types(app).register("cut-the-line", _cut)


def _page() -> Response:
    return make_response(render_template("demo.html"))


def _cut(peer: Peer, _request: object) -> None:
    """End the connection without a close frame, as a lost network does (1006)."""
    peer.connection.abort()
