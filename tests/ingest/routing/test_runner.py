"""The runner: views get what their routes read, and answers become responses."""

import inspect
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from analytics.alerting.services.actions import AlertEnded
from analytics.services.services import Services
from ingest.api import ROUTES
from ingest.http import problems
from ingest.routing import runner
from ingest.routing.inputs import flag
from ingest.routing.route import ResponseSpec, Route, Table, number_id
from ingest.routing.runner import RouteTable
from tests.support.routes import Thing, a_route
from tests.support.services import NO_SERVICES, fixed_services


def send(route: Route, path: str = "/api/things", **query: str) -> TestResponse:
    """The response of an application with this route alone."""
    app = Flask("things")
    problems.register(app, NO_SERVICES)
    RouteTable([route]).register(app, fixed_services())
    return app.test_client().open(path, method=route.method, query_string=query)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.view], ids=lambda route: route.name)
def test_every_view_takes_what_its_route_reads(route: Route) -> None:
    assert route.view is not None
    taken = inspect.signature(route.view).parameters.keys() - {"services", "_services"}
    read = {each.argument for each in route.inputs} | {each.name for each in route.ids}
    assert taken == read | ({"payload"} if route.body else set())


def test_a_value_is_json_that_is_not_cached() -> None:
    response = send(a_route(response=ResponseSpec(text="Made.", status=201, kind=Thing)))
    assert (response.status_code, response.get_json()) == (201, {"n": 1})
    assert response.content_type == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


def test_nothing_is_an_empty_response() -> None:
    response = send(a_route(view=lambda _: None, response=ResponseSpec(text="Gone.", status=204)))
    assert (response.status_code, response.data) == (204, b"")


def test_a_response_of_the_view_passes() -> None:
    response = send(a_route(view=lambda _: Response("text", headers={"Cache-Control": "private"})))
    assert (response.text, response.headers["Cache-Control"]) == ("text", "private")


def test_csv_is_a_file_with_formulas_escaped() -> None:
    table = Table(name="things.csv", header=["n"], rows=[["=1"]])
    rows = a_route(response=ResponseSpec(text="Rows.", kind=Thing, as_csv=lambda _: table))
    response = send(rows, format="csv")
    assert response.text == "n\r\n'=1\r\n"
    assert 'filename="things.csv"' in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    assert send(rows, format="json").get_json() == {"n": 1}


@pytest.mark.parametrize("query", [{"colour": "red"}, {"format": "csv"}, {"big": "yes"}])
def test_what_the_route_does_not_take_is_refused_by_name(query: dict[str, str]) -> None:
    route = a_route(inputs=(flag("big", "Big ones."),), view=lambda _, big: Thing(int(big)))
    response = send(route, **query)
    assert (response.status_code, response.get_json()["field"]) == (422, next(iter(query)))
    assert send(route, big="true").get_json() == {"n": 1}


@pytest.mark.parametrize(("number", "status"), [(2**53 - 1, 200), (2**53, 404), (10**40, 404)])
def test_an_id_that_is_too_large_does_not_exist(number: int, status: int) -> None:
    route = a_route(
        path="/api/things/{thing_id}", ids=(number_id("thing_id"),),
        view=lambda _, thing_id: Thing(thing_id),
    )  # fmt: skip
    assert send(route, f"/api/things/{number}").status_code == status


def test_exceptions_of_the_domain_are_problems() -> None:
    def view(_services: Services, **_: Any) -> Thing:
        raise AlertEnded("It has ended.")

    response = send(a_route(view=view))
    assert (response.status_code, response.get_json()["detail"]) == (409, "It has ended.")


def test_who_acts_must_be_signed_in() -> None:
    response = send(a_route(view=lambda services: runner.actor_of(services) and Thing()))
    assert response.status_code == 401
