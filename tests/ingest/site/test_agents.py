"""`/agents/`: the wheel that is served is the source's, and pip takes it from the page."""

import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.site import agents
from scripts.agents import build_command
from tests.support.agents.installed import install
from tests.support.servers.running_server import RunningServer
from tests.support.services import NO_SERVICES


@pytest.fixture(scope="module")
def site() -> FlaskClient:
    app = Flask("agents")
    agents.register(app, NO_SERVICES)
    return app.test_client()


def test_the_index_names_each_wheel_with_its_digest(site: FlaskClient) -> None:
    links = dict(re.findall(r'href="([^"#]+)#sha256=([0-9a-f]{64})"', site.get("/agents/").text))
    assert build_command.name() in links
    for name, digest in links.items():
        response = site.get(f"/agents/{name}")
        assert hashlib.sha256(response.data).hexdigest() == digest
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_is_no_wheel_is_not_served(site: FlaskClient) -> None:
    assert site.get("/agents/wsmon_agent-0.0.1-py3-none-any.whl").status_code == 404


def test_pip_installs_it_from_the_page(live_server: RunningServer, tmp_path: Path) -> None:
    folder = install(tmp_path, f"{live_server.url}/agents/")
    assert (folder / "wsmon_agent" / "asgi.py").is_file()
