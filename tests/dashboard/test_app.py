"""The application as a whole: every tab opens its page for somebody who is signed in."""

import json

from flask.testing import FlaskClient

from analytics.people.actions import AccountActions
from analytics.permission.actor import SHELL
from dashboard.app import ASSETS, PAGES
from ingest.access.identity import CSRF_COOKIE, CSRF_HEADER
from models.database.engine import Database
from tests.support.clock import Clock
from tests.support.pages.dash_calls import ADDRESS

PASSWORD = "correct horse battery"


def test_every_tab_opens_a_page_and_every_callback_has_its_code(
    client: FlaskClient, database: Database
) -> None:
    AccountActions(database, Clock()).add_person(SHELL, "ada@example.com", "admin", PASSWORD)
    assert client.get("/admin/_dash-dependencies").status_code in (302, 401)
    client.post("/login", data={"email": "ada@example.com", "password": PASSWORD})
    titles = [_page(client, page.address) for page in PAGES]
    assert titles == [page.title for page in PAGES]
    assert len(set(titles)) == len(titles) == 20
    assert _page(client, "/admin/nowhere") == "Page not found"
    scripts = "".join(path.read_text() for path in (ASSETS / "dashboard").glob("*.js"))
    dependencies = client.get("/admin/_dash-dependencies").json or []
    in_browser = [entry["clientside_function"] for entry in dependencies]
    names = {code["function_name"] for code in in_browser if code}
    assert {name for name in names if name not in scripts} == set()


def _page(client: FlaskClient, path: str) -> str:
    """The title of the page at `path`."""
    body = {
        "output": "page.children", "outputs": {"id": "page", "property": "children"},
        "inputs": [{"id": "url", "property": "pathname", "value": path}],
        "changedPropIds": ["url.pathname"],
    }  # fmt: skip
    cookie = client.get_cookie(CSRF_COOKIE)
    token = cookie.value if cookie else ""
    response = client.post(ADDRESS, json=body, headers={CSRF_HEADER: token})
    assert response.status_code == 200, response.text
    written = json.dumps(response.json)
    title, _, _ = written.partition('"className": "visually-hidden"')
    return title.rpartition('"children": "')[2].partition('"')[0]
