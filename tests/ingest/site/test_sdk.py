"""The browser monitor as built files: every version for ever, the newest under its own address."""

import base64
import hashlib
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.site import sdk
from tests.support.services import NO_SERVICES


@pytest.fixture(scope="module")
def site() -> FlaskClient:
    app = Flask("sdk")
    sdk.register(app, NO_SERVICES)
    return app.test_client()


def test_the_newest_is_the_highest_version_not_the_last_name(tmp_path: Path) -> None:
    for version in ("2.0.0", "2.10.0", "2.9.1"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.js").write_text(version)
    files = sdk.built_files(tmp_path)
    assert list(files) == ["2.0.0/a.js", "2.9.1/a.js", "2.10.0/a.js"]
    assert [file.content for file in sdk.newest(files)] == [b"2.10.0"]


@pytest.mark.parametrize("key", sdk.built_files())
def test_a_version_never_changes_and_serves_every_origin(site: FlaskClient, key: str) -> None:
    file = sdk.built_files()[key]
    response = site.get(file.path)
    assert response.data == file.content
    assert response.content_type == file.content_type
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    digest = base64.b64encode(hashlib.sha384(response.data).digest()).decode()
    assert file.integrity == f"sha384-{digest}"


def test_the_newest_is_cached_for_an_hour(site: FlaskClient) -> None:
    response = site.get(sdk.PATH)
    assert response.text == sdk.script()
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=3600"


def test_an_unchanged_script_is_not_sent_again(site: FlaskClient) -> None:
    etag = site.get(sdk.PATH).headers["ETag"]
    again = site.get(sdk.PATH, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    other = site.get(sdk.PATH, headers={"If-None-Match": '"older"'})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/sdk/1.0.0/x.js", "/sdk/2.0.0/x.js", "/sdk/2.0.0/..%2Fx.js"])
def test_an_unbuilt_file_is_missing(site: FlaskClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_no_file_of_the_monitor_names_another_host() -> None:
    named = [name for name, file in sdk.built_files().items() if b"://" in file.content]
    assert named == []
