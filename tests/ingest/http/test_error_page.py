"""Errors: a page in our look for a browser, what it always was for programs."""

import pytest
from flask import Flask

from ingest.http import error_page
from ingest.http.problems import Forbidden

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
}


def test_an_unknown_address_says_what_to_do(app: Flask) -> None:
    response = app.test_client().get("/static/nothing", headers=BROWSER)
    assert response.status_code == 404
    assert "mistyped" in response.text
    assert 'href="/"' in response.text


def test_whoever_is_not_signed_in_reads_so(app: Flask) -> None:
    response = app.test_client().get("/elsewhere", headers=BROWSER)
    assert response.status_code == 401
    assert "Sign in" in response.text
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/static/nothing", "*/*"), ("/static/nothing", ""), ("/api/ws/nothing", BROWSER["Accept"])],
)
def test_programs_get_no_page(app: Flask, path: str, accept: str) -> None:
    response = app.test_client().get(path, headers={"Accept": accept})
    assert "mistyped" not in response.text


def test_the_detail_is_escaped(app: Flask) -> None:
    with app.test_request_context("/x", headers=BROWSER):
        assert error_page.is_for_browser()
        page = error_page.response(Forbidden.status, "<b>Not</b> for you.")
    assert "&lt;b&gt;" in page.get_data(as_text=True)
