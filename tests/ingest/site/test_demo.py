"""The demo page: open to everybody, and able to lose its connection as a network does."""

import re

from flask import Flask
from flask.testing import FlaskClient

from ingest import sockets
from ingest.site import demo, sdk
from models.database.engine import Database
from tests.ingest.sockets.rooms.room_peers import Browser


def test_the_page_is_open_and_loads_nothing_from_elsewhere(
    client: FlaskClient, database: Database
) -> None:
    response = client.get(demo.PATH)
    assert response.status_code == 200
    assert "/sdk/websocket-client-monitor.js" in response.text
    loaded = re.findall(r'(?:src|href|action)="(\w*:?//[^"]*)"', response.text)
    assert set(loaded) <= {"http://localhost/"}  # a link to our own address
    for file in sdk.newest(sdk.built_files()):
        assert file.name.endswith(".d.ts") or f"{file.path}\n{file.integrity}<" in response.text


def test_the_line_is_cut_without_a_close_frame(app: Flask) -> None:
    browser = Browser()
    sockets.types(app).handle(browser.peer, {"type": "cut-the-line"})
    assert not browser.connection.connected
    assert browser.received() == []
    browser.close()
