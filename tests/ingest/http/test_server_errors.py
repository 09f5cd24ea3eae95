"""Repeated internal errors of a route are counted until they are five minutes old."""

from typing import cast

import pytest
from flask import Flask

from ingest.collector.client_reports import ReportCollector
from ingest.collector.route import PATH, CollectorRoute
from ingest.http import problems
from ingest.http.problems import NotFound
from ingest.http.server_errors import REPEATED, WINDOW_SECONDS, ServerErrors
from models.database.engine import DatabaseAway
from tests.support.services import NO_SERVICES


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def failing(errors: ServerErrors, fault: Exception) -> Flask:
    app = Flask("failing")
    problems.register(app, NO_SERVICES)
    errors.register(app, NO_SERVICES)

    @app.route("/api/fail/<name>")
    def fail(name: str) -> str:
        raise fault

    return app


def test_errors_of_a_route_count_together_until_they_are_old() -> None:
    clock = Seconds()
    errors = ServerErrors(clock)
    client = failing(errors, ValueError("a bug")).test_client()
    for number in range(REPEATED):
        assert errors.repeated() == {}
        assert client.get(f"/api/fail/{number}").status_code == 500
    assert errors.repeated() == {"GET /api/fail/<name>": REPEATED}
    clock.now += WINDOW_SECONDS
    assert errors.repeated() == {}


def test_methods_that_a_client_invents_take_no_places() -> None:
    errors = ServerErrors()
    app = failing(errors, ValueError("a bug"))

    @app.before_request
    def fail() -> None:
        raise ValueError("a bug")

    for number in range(REPEATED):
        app.test_client().open("/nowhere", method=f"INVENTED{number}")
    assert errors.repeated() == {"an unknown path": REPEATED}


@pytest.mark.parametrize("fault", [NotFound("No."), DatabaseAway("away")])
def test_problems_are_no_internal_errors(fault: Exception) -> None:
    errors = ServerErrors()
    client = failing(errors, fault).test_client()
    assert {client.get("/api/fail/a").status_code for _ in range(REPEATED)} < {404, 503}
    assert errors.repeated() == {}


def test_a_report_that_fails_below_flask_is_counted() -> None:
    class Failing:
        def post(self, _environ: object) -> None:
            raise ValueError("a bug")

    errors = ServerErrors()
    route = CollectorRoute(cast(ReportCollector, Failing()))
    application = route.shortcut(lambda _environ, _start: [], (), errors.count)
    for _ in range(REPEATED):
        with pytest.raises(ValueError, match="a bug"):
            application({"PATH_INFO": PATH, "REQUEST_METHOD": "POST"}, lambda *_: lambda _: None)
    assert errors.repeated() == {f"POST {PATH}": REPEATED}
