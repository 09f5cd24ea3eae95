"""Health: the single checks are for those signed in; without its database the process lives."""

from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from analytics.operations.health import Check, Health, Status
from analytics.permission.actor import SHELL, Actor
from ingest.api.health.health_routes import PATH, ROUTES
from ingest.http import problems
from ingest.routing.runner import RouteTable
from models.database.engine import DatabaseAway
from tests.support.services import NO_SERVICES, fixed_services

OK = Check(status=Status.OK)


def health_client(
    database: Check = OK, disk: Check = OK, actor: Actor | None = SHELL
) -> FlaskClient:
    """The routes of health alone, with these checks."""
    app = Flask("health")
    problems.register(app, NO_SERVICES)
    checked = Health({"database": lambda: database, "disk": lambda: disk})
    RouteTable(ROUTES).register(
        app, replace(fixed_services(), health=checked, viewer=lambda: actor)
    )
    return app.test_client()


def test_checks_are_for_those_signed_in() -> None:
    response = health_client().get(PATH)
    ok = {"status": "ok"}
    assert (response.status_code, response.json) == (
        200,
        ok | {"checks": {"database": ok, "disk": ok}},
    )


def test_anonymous_callers_see_the_bare_status() -> None:
    full = Check(status=Status.DEGRADED, detail="/secret/path is full")
    assert health_client(disk=full, actor=None).get(PATH).json == {"status": "degraded"}


def test_without_its_database_it_is_down_but_alive() -> None:
    client = health_client(database=Check(status=Status.DOWN, detail="gone"))
    bare = client.get(PATH)
    assert (bare.status_code, bare.json) == (503, {"status": "down"})
    ready = client.get(f"{PATH}/ready")
    assert (ready.status_code, ready.headers["Retry-After"]) == (503, "2")
    assert client.get(f"{PATH}/live").json == {"status": "ok"}


def test_nobody_is_signed_in_while_the_accounts_cannot_be_read() -> None:
    def viewer() -> Actor:
        raise DatabaseAway

    app = Flask("health")
    checked = Health({"disk": lambda: OK})
    RouteTable(ROUTES).register(app, replace(fixed_services(), health=checked, viewer=viewer))
    assert app.test_client().get(PATH).json == {"status": "ok"}
