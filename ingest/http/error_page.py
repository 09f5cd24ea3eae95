"""An error as a page in our look, for browsers that open an address: what happened, what to do."""

from http import HTTPStatus

from flask import Response, make_response, render_template, request

NEXT_STEPS = {
    HTTPStatus.UNAUTHORIZED: "Sign in; if the link still leads nowhere, it is old or mistyped.",
    HTTPStatus.NOT_FOUND: "The link may be old, or mistyped.",
    HTTPStatus.FORBIDDEN: "Ask an admin for it, or sign in as somebody who may.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The address is for programs: the API description says how.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send less at once.",
    HTTPStatus.TOO_MANY_REQUESTS: "Wait a moment, then reload the page.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Reload the page in a moment. /api/ws/health says when all is "
    "well again.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Reload the page. If it stays, the log of the server has the "
    "reason.",
}


def is_for_browser() -> bool:
    """Whether a browser opens the address of a page: what is under `/api` and `/ws` answers
    programs, as do the callbacks of pages."""
    is_page = request.method == "GET" and not request.path.startswith(("/api/", "/ws", "/admin/_"))
    return is_page and "text/html" in set(request.accept_mimetypes.values())


def response(status: HTTPStatus, detail: str) -> Response:
    """The page."""
    html = render_template(
        "error.html", title=status.phrase, detail=detail, next_step=NEXT_STEPS.get(status, "")
    )
    return make_response(html, status)
