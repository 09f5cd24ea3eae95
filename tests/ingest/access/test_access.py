"""Authentication, authorisation, CSRF and throttling."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL
from ingest.access import devices
from ingest.access.identity import COOKIE, CSRF_COOKIE
from ingest.access.throttle import MOST_PER_ACCOUNT
from models.database.engine import Database
from tests.support.clock import Clock

PASSWORD = "correct horse battery staple"


@pytest.fixture
def actions(database: Database, clock: Clock) -> AccountActions:
    actions = AccountActions(database, clock)
    actions.add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    return actions


def sign_in(client: FlaskClient, password: str = PASSWORD, **fields: str) -> int:
    form = {"email": "ada@example.com", "password": password, **fields}
    return client.post("/login", data=form).status_code


def test_the_right_password_opens_a_sign_in(client: FlaskClient, actions: AccountActions) -> None:
    response = client.post(
        "/login?next=/admin/people", data={"email": "ADA@example.com", "password": PASSWORD}
    )
    assert (response.status_code, response.location) == (303, "/admin/people")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "", "a\0b", "x" * 5000])
def test_a_wrong_pair_is_refused_with_the_same_message(
    client: FlaskClient, actions: AccountActions, email: str
) -> None:
    response = client.post("/login", data={"email": email, "password": "wrong password!"})
    assert response.status_code == 401
    assert b"E-mail and password do not match." in response.data


def test_a_guesser_cannot_lock_out_a_browser_that_signed_in_before(
    app: Flask, client: FlaskClient, actions: AccountActions
) -> None:
    assert sign_in(client) == 303
    statuses = set()
    for address in [f"192.0.2.{number}" for number in range(MOST_PER_ACCOUNT + 1)]:
        guesser = app.test_client()
        guesser.environ_base["REMOTE_ADDR"] = address
        statuses.add(sign_in(guesser, "wrong password!"))
    assert statuses == {401, 429}
    assert sign_in(app.test_client()) == 429
    client.delete_cookie(COOKIE)
    assert sign_in(client) == 303


def test_guesses_from_an_address_do_not_lock_out_another(
    app: Flask, client: FlaskClient, actions: AccountActions
) -> None:
    guesser = app.test_client()
    guesser.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert [sign_in(guesser, "wrong password!") for _ in range(60)][-1] == 429
    assert sign_in(client) == 303


@pytest.mark.parametrize("cookie", ["", "x", "e30.x.y", '"\x01', "x" * 4000])
def test_a_forged_device_is_a_stranger(
    client: FlaskClient, actions: AccountActions, cookie: str
) -> None:
    client.set_cookie(devices.COOKIE, cookie)
    assert [sign_in(client, "wrong password!") for _ in range(9)] == [401] * 8 + [429]


def test_a_device_of_an_account_is_none_of_another(
    client: FlaskClient, actions: AccountActions
) -> None:
    actions.add_person(SHELL, "eve@example.com", "analyst", PASSWORD)
    assert client.post("/login", data={"email": "eve@example.com", "password": PASSWORD}).location
    cookie = client.get_cookie(devices.COOKIE)
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    assert [sign_in(client, "wrong password!") for _ in range(9)] == [401] * 8 + [429]


def test_guesses_are_slowed_down_per_account(client: FlaskClient, actions: AccountActions) -> None:
    statuses = [sign_in(client, "wrong password!") for _ in range(9)]
    assert statuses == [401] * 8 + [429]
    assert sign_in(client) == 429


def test_the_right_password_forgives_earlier_mistakes(
    client: FlaskClient, actions: AccountActions
) -> None:
    for _ in range(3):
        assert [sign_in(client, "wrong password!") for _ in range(5)] == [401] * 5
        assert sign_in(client) == 303


@pytest.mark.parametrize(
    "next_url",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/admin/\\..",
        "javascript:x",
        "/x",
    ],
)
def test_next_never_leads_to_another_host(
    client: FlaskClient, actions: AccountActions, next_url: str
) -> None:
    response = client.post(
        "/login", data={"email": "ada@example.com", "password": PASSWORD, "next": next_url}
    )
    assert response.location == "/admin/websocket-client-metrics"


def test_a_sign_in_gets_a_fresh_secret_each_time(
    client: FlaskClient, actions: AccountActions
) -> None:
    sign_in(client)
    first = client.get_cookie(COOKIE)
    sign_in(client)
    second = client.get_cookie(COOKIE)
    assert first is not None
    assert second is not None
    assert first.value != second.value


def test_signing_out_makes_the_cookie_worthless(
    client: FlaskClient, actions: AccountActions
) -> None:
    sign_in(client)
    cookie, csrf = client.get_cookie(COOKIE), client.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    assert csrf is not None
    assert client.post("/logout", headers={"X-CSRFToken": csrf.value}).status_code == 303
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/admin/people").location.startswith("/login?")


def test_an_unsafe_request_needs_the_token_of_our_page(
    client: FlaskClient, actions: AccountActions
) -> None:
    sign_in(client)
    assert client.post("/logout").status_code == 403
    csrf = client.get_cookie(CSRF_COOKIE)
    assert csrf is not None
    foreign = {"X-CSRFToken": csrf.value, "Origin": "https://evil.example"}
    assert client.post("/logout", headers=foreign).status_code == 403
    assert client.post("/logout", data={"csrf_token": csrf.value}).status_code == 303


def test_a_removed_person_is_out_at_once(client: FlaskClient, actions: AccountActions) -> None:
    grace = actions.add_person(SHELL, "grace@example.com", "admin", PASSWORD)
    client.post("/login", data={"email": "grace@example.com", "password": PASSWORD})
    assert client.get("/admin/nothing").status_code == 200
    actions.remove_person(SHELL, grace)
    assert client.get("/admin/nothing").status_code == 302


@pytest.mark.parametrize(("role", "status"), [("admin", 404), ("analyst", 404), ("ingest", 403)])
def test_a_token_opens_what_its_role_may_see(
    client: FlaskClient, actions: AccountActions, role: str, status: int
) -> None:
    token = actions.add_token(SHELL, f"my {role}", role)
    response = client.get("/api/nothing", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == status


def test_only_admins_may_change_through_the_api(
    client: FlaskClient, actions: AccountActions
) -> None:
    token = actions.add_token(SHELL, "reader", "analyst")
    response = client.post("/api/ws/silences", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x\udcff", "Basic abc", "Bearer wsmon_x"]
)
def test_a_wrong_token_is_401(client: FlaskClient, actions: AccountActions, header: str) -> None:
    raw = header.encode("utf-8", "surrogateescape").decode("latin-1")
    response = client.get("/api/nothing", headers={"Authorization": raw})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_every_response_carries_the_security_headers(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_cookies_are_secure_behind_tls(app: Flask, actions: AccountActions) -> None:
    client = app.test_client()
    client.post("https://localhost/login", data={"email": "ada@example.com", "password": PASSWORD})
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.secure
