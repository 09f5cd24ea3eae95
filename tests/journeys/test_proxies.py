"""Behind each proxy of docs/operations.md: signing in, a socket over TLS, and its reload."""

import http.client
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.support.proxies.programs import HOST, PROGRAMS, RunningProxy, running_proxy
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    running_server,
)

ORIGIN = f"https://{HOST}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
pytestmark = [pytest.mark.deep, pytest.mark.timeout(300)]


@contextmanager
def installation(
    live_server: RunningServer, folder: Path, name: str, prefix: str = "", *, strips: bool = False
) -> Iterator[tuple[RunningServer, RunningProxy]]:
    """A server at `https://metrics.example.com`, below `prefix`, behind a proxy."""

    def below(text: str) -> str:
        if not prefix:
            return text
        text = text.replace("location / ", f"location {prefix}/ ")
        return re.sub(r"(proxy_pass http://[\d.:]+);", r"\1/;", text) if strips else text

    with (
        running_server(
            live_server.database_url,
            folder / "data",
            PUBLIC_URL=ORIGIN + prefix,
            TRUSTED_PROXY_HOPS="1",
        ) as server,
        running_proxy(name, folder, server.port, below) as proxy,
    ):
        yield server, proxy


def trusting(proxy: RunningProxy) -> ssl.SSLContext:
    context = ssl.create_default_context()
    proxy.authority.configure_trust(context)
    return context


def ask(
    proxy: RunningProxy,
    method: str,
    path: str,
    body: str = "",
    headers: Mapping[str, str] = {},
) -> http.client.HTTPResponse:
    """The response of the host as a browser asks it: by its name, over TLS."""
    connection = http.client.HTTPSConnection(HOST, context=trusting(proxy), timeout=60)
    raw = socket.create_connection(("127.0.0.1", proxy.port), 60)
    connection.sock = trusting(proxy).wrap_socket(raw, server_hostname=HOST)
    connection.request(method, path, body, {"Host": HOST, **headers})
    with closing(connection):
        response = connection.getresponse()
        response.read()
    return response


def sign_in(proxy: RunningProxy, prefix: str = "") -> http.client.HTTPResponse:
    form = urlencode({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
    return ask(proxy, "POST", f"{prefix}/login", form, {**FORM, "Origin": ORIGIN})


@contextmanager
def open_socket(proxy: RunningProxy, prefix: str = "") -> Iterator[ClientConnection]:
    raw = socket.create_connection(("127.0.0.1", proxy.port), 60)
    with connect(
        f"wss://{HOST}{prefix}/ws/echo", sock=raw, ssl=trusting(proxy), origin=Origin(ORIGIN),
        open_timeout=60,
    ) as connection:  # fmt: skip
        yield connection


def echoes(connection: ClientConnection) -> bool:
    connection.send("hello")
    return connection.recv(timeout=60) == "hello"


@pytest.mark.parametrize("name", PROGRAMS)
def test_people_sign_in_and_sockets_open(
    name: str, live_server: RunningServer, tmp_path: Path
) -> None:
    with installation(live_server, tmp_path, name) as (_, proxy):
        response = sign_in(proxy)
        assert response.status == 303
        cookies = response.headers.get_all("Set-Cookie") or []
        assert cookies
        assert all("Secure" in cookie for cookie in cookies)
        with open_socket(proxy) as connection:
            assert echoes(connection)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_reload_ends_sockets_behind_caddy_alone(
    name: str, live_server: RunningServer, tmp_path: Path
) -> None:
    with installation(live_server, tmp_path, name) as (_, proxy), open_socket(proxy) as connection:
        assert echoes(connection)
        proxy.reload()
        if name == "caddy":
            with pytest.raises(ConnectionClosed) as ended:
                connection.recv(timeout=60)
            assert ended.value.rcvd is not None
            assert ended.value.rcvd.code == 1001
        with open_socket(proxy) as another:
            assert echoes(another)
        if name != "caddy":
            assert echoes(connection)


@pytest.mark.parametrize("strips", [False, True])
def test_below_a_path_the_prefix_is_passed_on_or_taken_away(
    live_server: RunningServer, tmp_path: Path, *, strips: bool
) -> None:
    prefix = "/monitor"
    with installation(live_server, tmp_path, "nginx", prefix, strips=strips) as (_, proxy):
        response = sign_in(proxy, prefix)
        assert response.status == 303
        assert (response.headers["Location"] or "").startswith(f"{prefix}/admin/")
        assert all(
            "Path=/monitor/" in cookie for cookie in response.headers.get_all("Set-Cookie") or []
        )
        with open_socket(proxy, prefix) as connection:
            assert echoes(connection)
        for path in ("/sdk/websocket-client-monitor.js", "/agents/", "/demo"):
            assert ask(proxy, "GET", prefix + path).status == 200
