"""`/wall`: large figures on a screen that nobody signs in to, by a link that an admin made.

The link's token becomes a cookie of this path, so that the address on the screen does not hold it.
Nothing else accepts it.
"""

import msgspec
from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from analytics.services.services import Services
from analytics.wall.links import PATH
from ingest.http.problems import Unauthorized
from models.people.wall_links import WallLink

COOKIE = "wsmon_wall"
TOKEN = "token"  # noqa: S105 - the name of a parameter
ENDED = "This link has expired or was revoked. An admin makes a new one under People and tokens."


class Wall:
    """The page and its figures. Views raise `DatabaseAway`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def show(self) -> AnyResponse:
        """The page; with a token in the address a redirect that takes it into the cookie."""
        token = request.args.get(TOKEN)
        if token is None:
            link = self._link()
            return make_response(render_template("wall.html", ended=ENDED), 200 if link else 401)
        link = self._services.wall.links.find(token)
        response = redirect(request.script_root + PATH, 303)
        if link is not None:
            self._remember(response, token, link)
        return response

    def figures(self) -> Response:
        """What the page draws. Raises `Unauthorized`."""
        link = self._link()
        if link is None:
            raise Unauthorized(ENDED)
        figures = self._services.wall.board.figures(link)
        return Response(msgspec.json.encode(figures), content_type="application/json")

    def _link(self) -> WallLink | None:
        token = request.cookies.get(COOKIE)
        return self._services.wall.links.find(token) if token else None

    def _remember(self, response: AnyResponse, token: str, link: WallLink) -> None:
        seconds = int((link.expires_at - self._services.now()).total_seconds())
        is_https = request.is_secure or (self._services.settings.public_url or "").startswith(
            "https:"
        )
        response.set_cookie(
            COOKIE, token, max_age=seconds, path=request.script_root + PATH, secure=is_https,
            httponly=True, samesite="Lax",
        )  # fmt: skip


def register(app: Flask, services: Services) -> None:
    """Add the page and its figures."""
    wall = Wall(services)
    app.add_url_rule(PATH, "wall", wall.show, methods=["GET"])
    app.add_url_rule(f"{PATH}/figures", "wall_figures", wall.figures, methods=["GET"])
