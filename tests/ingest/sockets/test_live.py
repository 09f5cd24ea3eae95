"""The live view: a frame a second for authorised viewers, itself not metered."""

import json
from typing import Any

import pytest
import requests
from simple_websocket import Client

from ingest.sockets.live import LiveStream
from models.database.engine import DatabaseAway
from tests.support.servers.api_client import ApiClient
from tests.support.servers.running_server import RunningServer
from tests.support.servers.socket_clients import RoomClient


def viewer(server: RunningServer, api: ApiClient, query: str = "") -> Client:
    address = server.url.replace("http", "ws", 1) + "/ws/live" + query
    return Client.connect(address, headers={"Authorization": f"Bearer {api.token('analyst')}"})


def test_a_viewer_gets_a_frame_every_second(live_server: RunningServer, api: ApiClient) -> None:
    client = viewer(live_server, api)
    frames: list[dict[str, Any]] = [json.loads(client.receive(5)) for _ in range(3)]
    client.close()
    assert all(frame["workers"] == 1 for frame in frames)
    assert len({frame["at"] for frame in frames}) == 3


def test_the_app_filter_selects_connections(live_server: RunningServer, api: ApiClient) -> None:
    with RoomClient(live_server, app="watched"):
        api.metrics_when(lambda m: m["connections"]["active"] == 1, app="watched")
        client = viewer(live_server, api, "?app=watched")
        assert json.loads(client.receive(5))["active"] == 1
        client.close()


def test_live_viewers_are_not_counted(live_server: RunningServer, api: ApiClient) -> None:
    opened = api.metrics()["connections"]["opened"]
    client = viewer(live_server, api)
    for _ in range(7):  # longer than an interval
        client.receive(5)
    client.close()
    assert api.metrics()["connections"]["opened"] == opened


@pytest.mark.parametrize("token", ["", "Bearer wrong"])
def test_anonymous_viewers_are_rejected(live_server: RunningServer, token: str) -> None:
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": token,
    }  # fmt: skip
    response = requests.get(live_server.url + "/ws/live", headers=headers, timeout=5)
    assert response.status_code == 401


def test_an_unavailable_store_yields_no_frame() -> None:
    def away(_app: str | None, _service: str | None) -> None:
        raise DatabaseAway

    assert LiveStream(away)._frame((None, None)) == b""
