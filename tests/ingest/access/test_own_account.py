"""The own account over HTTP: CSRF, the sign-ins that end, and what a viewer cannot do."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL
from dashboard.people import own_account
from ingest.access.identity import CSRF_COOKIE, CSRF_HEADER
from ingest.access.throttle import MOST_PER_DEVICE
from models.database.engine import Database
from tests.support.clock import Clock

PASSWORD, ANOTHER = "correct horse battery staple", "another long password"
EVE = "eve@example.com"


@pytest.fixture
def client(app: Flask, database: Database, clock: Clock) -> FlaskClient:
    """The analyst eve, signed in."""
    AccountActions(database, clock).add_person(SHELL, EVE, "analyst", PASSWORD)
    return signed_in(app)


def signed_in(app: Flask, password: str = PASSWORD) -> FlaskClient:
    client = app.test_client()
    response = client.post("/login", data={"email": EVE, "password": password})
    assert response.status_code == 303
    return client


def change(client: FlaskClient, current: str, *, has_token: bool = True) -> TestResponse:
    """The request of the page's button."""
    page = client.get("/admin/_dash-dependencies").get_json()
    (spec,) = [each for each in page if own_account.LIST in each["output"]]
    typed = dict(zip(own_account.PASSWORDS, (current, ANOTHER, ANOTHER), strict=True))
    pressed = f"{own_account.SAVE}.n_clicks"
    body = {
        "output": spec["output"],
        "outputs": [_output(text) for text in spec["output"].strip(".").split("...")],
        "inputs": [_control(each, {own_account.SAVE: 1}) for each in spec["inputs"]],
        "state": [_control(each, typed) for each in spec["state"]],
        "changedPropIds": [pressed],
    }
    cookie = client.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    headers = {CSRF_HEADER: cookie.value} if has_token else {}
    return client.post("/admin/_dash-update-component", json=body, headers=headers)


def _output(text: str) -> dict[str, str]:
    name, _, prop = text.partition(".")
    return {"id": name, "property": prop}


def _control(control: dict[str, str], values: dict[str, Any]) -> Any:
    if control["id"].startswith("{"):
        return []
    return {**control, "value": values.get(control["id"])}


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(own_account.PAGE.address).status_code == 200


def test_a_changed_password_ends_the_other_sign_ins_and_not_its_own(
    app: Flask, client: FlaskClient
) -> None:
    elsewhere = signed_in(app)
    assert change(client, PASSWORD, has_token=False).status_code == 403
    assert "is another" in change(client, "a guess of somebody").text
    assert is_signed_in(elsewhere)
    assert "was changed" in change(client, PASSWORD).text
    assert (is_signed_in(client), is_signed_in(elsewhere)) == (True, False)
    assert is_signed_in(signed_in(app, ANOTHER))


def test_guesses_at_the_own_password_count_with_those_at_the_sign_in(
    app: Flask, client: FlaskClient
) -> None:
    for _ in range(MOST_PER_DEVICE):
        change(client, "a guess of somebody")
    assert (
        "Too many attempts. Try again in 15 min."
        in json.loads(change(client, PASSWORD).text)["response"][own_account.NOTICE]["children"][
            "props"
        ]["children"][1]["props"]["children"]
    )
    form = {"email": EVE, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 429
    assert app.test_client().post("/login", data=form).status_code == 303
