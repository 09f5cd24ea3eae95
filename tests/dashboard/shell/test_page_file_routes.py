"""Files of the pages are stored for good at their own address, and at no other."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.core.page_files import PageFile
from dashboard.shell import page_file_routes

FILE = PageFile("plotly.js", b"var Plotly = {}")


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("pages")
    page_file_routes.serve(app, {FILE.name: FILE})
    return app.test_client()


def test_the_address_of_the_content_is_stored_for_good(client: FlaskClient) -> None:
    response = client.get(FILE.address)
    assert (response.data, response.content_type) == (FILE.content, FILE.content_type)
    assert "immutable" in response.headers["Cache-Control"]
    tag = response.headers["ETag"]
    assert client.get(FILE.address, headers={"If-None-Match": tag}).status_code == 304


def test_the_address_of_another_version_gets_what_is_here_unstored(client: FlaskClient) -> None:
    response = client.get(f"/admin/assets/{'0' * 16}/plotly.js")
    assert response.data == FILE.content
    assert response.headers["Cache-Control"] == "no-store"


def test_an_unregistered_name_gets_404(client: FlaskClient) -> None:
    assert client.get(f"/admin/assets/{FILE.digest}/other.js").status_code == 404


def test_dash_gets_the_same_library(client: FlaskClient) -> None:
    response = client.get(page_file_routes.OF_DASH)
    assert (response.status_code, response.headers["Location"]) == (302, FILE.address)
