"""The sign-in page: hostile input is shown as text, and what cannot be a sign-in is refused."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ingest.access import login
from ingest.access.identity import COOKIE
from ingest.access.throttle import MOST_PER_SENDER
from models.database.engine import Database

HOSTILE = '"><script>alert(1)</script>@example.com'
SignIn = Callable[..., TestResponse]


@pytest.fixture
def sign_in(client: FlaskClient, database: Database) -> SignIn:
    def post(email: str = "nobody@example.com", **more: str) -> TestResponse:
        form = {"email": email, "password": "wrong password!"} | more
        return client.post("/login", data=form)

    return post


def test_a_hostile_address_comes_back_as_text(sign_in: SignIn) -> None:
    page = sign_in(HOSTILE, next='/admin/"><script>').text
    assert "<script>alert" not in page
    assert 'value="/admin/"' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_long_address_is_cut_in_the_page(sign_in: SignIn) -> None:
    page = sign_in("x" * 5000).text
    assert "x" * 254 in page
    assert "x" * 255 not in page


def test_a_form_too_large_is_refused(sign_in: SignIn) -> None:
    assert sign_in(password="x" * login.LARGEST_FORM).status_code == 413


def test_a_form_of_another_site_is_refused(client: FlaskClient, database: Database) -> None:
    form = {"email": "a@example.com", "password": "x"}
    for origin in ("https://evil.example", "null"):
        response = client.post("/login", data=form, headers={"Origin": origin})
        assert response.status_code == 403
    own = client.post("/login", data=form, headers={"Origin": "http://localhost"})
    assert own.status_code == 401


def test_too_many_guesses_learn_when_to_come_back(sign_in: SignIn) -> None:
    for _ in range(MOST_PER_SENDER):
        sign_in()
    refused = sign_in()
    assert refused.status_code == 429
    assert 880 < int(refused.headers["Retry-After"]) <= 900
    assert "Try again in 15 min." in refused.text


def test_the_page_says_where_it_leads(client: FlaskClient, database: Database) -> None:
    for next_path, title in (
        ("/admin/people", "People and tokens"),
        ("/api/docs", "the API description"),
        ("/admin/websocket-analytics?app=x", "Server"),
    ):
        page = client.get("/login", query_string={"next": next_path}).text
        assert f"You will return to <strong>{title}</strong>" in page
    foreign = client.get("/login?next=https://evil.example").text
    assert "You will return to <strong>Client</strong>" in foreign
    assert "evil.example" not in foreign
    for unnamed in ("?next=/admin/elsewhere", ""):
        assert "You will return to" not in client.get(f"/login{unnamed}").text


def test_a_forged_cookie_is_nobody(client: FlaskClient, database: Database) -> None:
    for cookie in ("", "x", "e30.x.y", '"\x01', "x" * 4000):
        client.set_cookie(COOKIE, cookie)
        assert client.get("/login").status_code == 200
        assert client.get("/admin/people").status_code == 302


def test_both_doors_lead_to_the_first_page(client: FlaskClient) -> None:
    assert [client.get(path).location for path in ("/", "/admin")] == [login.HOME] * 2
