"""From a request to a response: what a route takes is checked, what its view returns is encoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask import Flask, Response, request

from analytics.permission.actor import Actor
from analytics.services.services import Services
from ingest.http import csv_response, parameters
from ingest.http.problems import NotFound, Unauthorized

from . import faults
from .bodies import JSON
from .route import FORMAT, LARGEST_ID, ResponseSpec, Route, View

NO_STORE = "no-store"


@dataclass(frozen=True, slots=True)
class RouteTable:
    """Routes that an application serves."""

    routes: Sequence[Route]

    def register(self, app: Flask, services: Services) -> None:
        """Add the routes that have a view to `app`."""
        for route in self.routes:
            if route.view is not None:
                view = partial(run, route, route.view, services)
                app.add_url_rule(route.rule, f"api_{route.name}", view, methods=[route.method])


def run(route: Route, view: View, services: Services, **ids: Any) -> Response:
    """The response to the current request. Raises `Problem`."""
    parameters.reject_unknown(request.args, route.query_names)
    is_csv = FORMAT in route.query_names and parameters.format_of(request.args) == "csv"
    times = parameters.times_of(request.args) if FORMAT in route.query_names else None
    with faults.as_problems():
        arguments = {
            source.argument: source.read(request.args, services.now) for source in route.inputs
        }
        if route.body is not None and route.body.read is not None:
            arguments["payload"] = route.body.read()
        for path_id in ids.values():
            _check_id(path_id)
        result = view(services, **ids, **arguments)
    response = _response(result, route.response, is_csv=is_csv, times=times)
    response.headers.setdefault("Cache-Control", NO_STORE)
    return response


def json_response(payload: Any, status: int = 200, **headers: str) -> Response:
    """An answer as JSON, for a view that chooses its status."""
    return Response(msgspec.json.encode(payload), status, headers, content_type=JSON)


def actor_of(services: Services) -> Actor:
    """The user of the current request. Raises `Unauthorized` without one."""
    actor = services.viewer()
    if actor is None:
        raise Unauthorized("Sign in, or send a token as Authorization: Bearer.")
    return actor


def _response(
    result: object, spec: ResponseSpec, *, is_csv: bool, times: ZoneInfo | None
) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=spec.status)
    if is_csv and spec.as_csv is not None:
        table = spec.as_csv(result)
        text = csv_response.table(table.header, table.rows, times)
        return csv_response.download(text, table.name)
    return json_response(result, spec.status)


def _check_id(path_id: object) -> None:
    """Raise `NotFound` for a number that is too large to exist."""
    if isinstance(path_id, int) and path_id > LARGEST_ID:
        raise NotFound("There is nothing with this number.")
