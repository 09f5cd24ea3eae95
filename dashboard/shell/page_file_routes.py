"""Serves the joined files of the pages, which browsers keep, and the drawing library to Dash."""

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.core.addresses import ROOT, href
from dashboard.core.page_files import PageFiles

FOR_EVER = "private, max-age=31536000, immutable"
NOT_STORED = "no-store"
# Where Dash looks for the library when no script of the page has brought it yet
OF_DASH = f"{ROOT}_dash-component-suites/plotly/package_data/plotly.min.js"


def serve(server: Flask, files: PageFiles) -> None:
    """Add both routes.

    Another digest than the present one is that of a page from before or after an update, whose
    server may be another node: it gets what is here, not to be stored.
    """

    def page_file(digest: str, name: str) -> Response:
        file = files.get(name)
        if file is None:
            return Response("There is no such file.\n", 404, content_type="text/plain")
        response = Response(file.content, content_type=file.content_type)
        response.set_etag(file.digest)
        response.headers["Cache-Control"] = FOR_EVER if digest == file.digest else NOT_STORED
        response.make_conditional(request)
        return response

    def library() -> AnyResponse:
        return redirect(href(files["plotly.js"].address), 302)

    server.add_url_rule(f"{ROOT}assets/<digest>/<name>", "page_file", page_file)
    server.add_url_rule(OF_DASH, "drawing_library", library)
