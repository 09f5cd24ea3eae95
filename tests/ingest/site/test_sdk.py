"""The browser monitor as one script: every module once, after those it imports."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from ingest.site import sdk
from tests.support.services import NO_SERVICES


@pytest.fixture
def script_client() -> FlaskClient:
    app = Flask("sdk")
    sdk.register(app, NO_SERVICES)
    return app.test_client()


def test_every_module_of_the_folder_is_in_the_script() -> None:
    modules = {
        str(path.relative_to(sdk.FOLDER).with_suffix("")) for path in sdk.FOLDER.rglob("*.js")
    }
    assert modules == set(sdk.MODULES)
    assert len(sdk.MODULES) == len(modules)


def test_each_module_follows_those_it_imports() -> None:
    joined: list[str] = []
    for name in sdk.MODULES:
        source = (sdk.FOLDER / f"{name}.js").read_text()
        for imported in re.findall(r"from '([^']+)'", source):
            module = (sdk.FOLDER / name).parent / imported
            assert str(module.resolve().relative_to(sdk.FOLDER).with_suffix("")) in joined
        joined.append(name)


def test_no_import_or_export_is_left() -> None:
    text = sdk.script()
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
    assert text.count("class WebSocketClientMonitor") == 1
    assert text.startswith("(() => {\n'use strict'\n")


def test_imports_over_several_lines_are_removed_and_strings_stay() -> None:
    first = (
        "import {\n  a,\n  b,\n} from './x.js'\n\nimport c from './y.js'\n\nexport const d = a\n"
    )
    second = "const text = `export x`\n  // import nothing\nexport function f() {}\n"
    assert sdk.joined([first, second]) == (
        "const d = a\n\nconst text = `export x`\n  // import nothing\nfunction f() {}\n"
    )


def test_the_script_is_valid_javascript(chromium: Browser) -> None:
    page = chromium.new_page()
    page.evaluate("script => { new Function(script) }", sdk.script())  # raises its SyntaxError
    with pytest.raises(PlaywrightError, match="SyntaxError"):
        page.evaluate("script => { new Function(script) }", sdk.script() + "}")
    page.close()


def test_any_page_may_load_it_and_keep_it_for_an_hour(script_client: FlaskClient) -> None:
    response = script_client.get(sdk.PATH)
    assert response.text == sdk.script()
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_an_unchanged_script_is_not_sent_again(script_client: FlaskClient) -> None:
    etag = script_client.get(sdk.PATH).headers["ETag"]
    again = script_client.get(sdk.PATH, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    other = script_client.get(sdk.PATH, headers={"If-None-Match": '"older"'})
    assert other.status_code == 200
