"""`/demo`: a small page that keeps a socket talking, so that there is something real to measure."""

from flask import Flask, Response, make_response, render_template

PATH = "/demo"


def register(app: Flask) -> None:
    """Add the page."""
    app.add_url_rule(PATH, "demo", _page)


def _page() -> Response:
    return make_response(render_template("demo.html"))
