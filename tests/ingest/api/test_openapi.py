"""The OpenAPI document covers every route, and schemathesis finds no contradiction."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import CheckFunction, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from analytics.country_file.source import CountrySource
from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL
from ingest.api.document import document
from models.database.engine import Database
from tests.support.clock import NOON, Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATHS = document()["paths"]
OPERATIONS = [(method, path) for path, methods in PATHS.items() for method in methods]
ASKING = [(m, p) for m, p in OPERATIONS if PATHS[p][m].keys() & {"parameters", "requestBody"}]
CASES = [(*operation, GenerationMode.POSITIVE) for operation in OPERATIONS] + [
    (*operation, GenerationMode.NEGATIVE) for operation in ASKING
]
# A schema cannot express that a range starts before its end, or that a report is recent.
NOT_SAYABLE: list[CheckFunction] = [positive_data_acceptance]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.fixture
def token(database: Database, clock: Clock) -> str:
    """The bearer token of an admin."""
    return AccountActions(database, clock).add_token(SHELL, "fuzzer", "admin")


class Served:
    """The application of the test that runs, and the schema as the first of them served it:
    reading it takes longer than most tests."""

    app: Flask
    schema: BaseSchema | None = None

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return self.app(environ, start)


@pytest.fixture(scope="module")
def served() -> Served:
    """Of this file."""
    return Served()


@pytest.fixture
def described(served: Served, app: Flask, token: str) -> BaseSchema:
    """The OpenAPI schema as served by the application."""
    app.testing = False  # a fault must become a 500 here, not an exception
    served.app = app
    if served.schema is None:
        headers = {"Authorization": f"Bearer {token}"}
        served.schema = schemathesis.openapi.from_wsgi("/api/openapi.json", served, headers=headers)
    return served.schema


@pytest.mark.parametrize(("method", "path", "mode"), CASES)
def test_no_request_contradicts_the_description(
    described: BaseSchema, token: str, method: str, path: str, mode: GenerationMode
) -> None:
    operation = described[path][method]

    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=SLOW)
    @given(operation.as_strategy(generation_mode=mode))
    def agree(case: schemathesis.Case[Any]) -> None:
        unsayable = NOT_SAYABLE if (method, path) in ASKING else []
        # The fuzzer's WSGI transport accepts compressed responses but does not decode them.
        asking = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=asking, excluded_checks=unsayable)

    agree()


def test_every_route_under_api_is_described(app: Flask) -> None:
    described = {
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith(("/api/", "/metrics")) and method not in ("HEAD", "OPTIONS")
    }
    assert routes == {(method, path) for method, path in described if method != "OPTIONS"}


def test_operations_have_distinct_names() -> None:
    names = [
        operation["operationId"]
        for methods in document()["paths"].values()
        for operation in methods.values()
    ]
    assert len(names) == len(set(names))


def test_the_page_names_every_route_and_loads_nothing_from_elsewhere(
    client: FlaskClient, token: str
) -> None:
    page = client.get("/api/docs", headers={"Authorization": f"Bearer {token}"}).text
    assert all(path in page for path in document()["paths"])
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", page)


def test_the_description_names_the_source_of_countries() -> None:
    source = CountrySource(origin="DB-IP", link="https://db-ip.com", built_at=NOON)
    assert "DB-IP, https://db-ip.com." in document(source)["info"]["description"]
    assert "source of countries" not in document()["info"]["description"]


def test_anonymous_callers_do_not_see_the_description(client: FlaskClient) -> None:
    assert client.get("/api/openapi.json").status_code == 401
    assert client.get("/api/docs").status_code == 302
