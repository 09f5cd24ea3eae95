"""The listening socket, before any server accepts."""

import socket
from contextlib import ExitStack

import pytest

from scripts.listening import AddressRefused, bound_socket, url
from tests.support.servers.running_server import free_port

CONNECTIONS = 100  # what the kernel itself lets wait (net.core.somaxconn) is 128 on some machines


def test_connections_before_the_first_accept_queue_instead_of_being_refused() -> None:
    with ExitStack() as stack:
        port = stack.enter_context(bound_socket("127.0.0.1", free_port())).getsockname()[1]
        for _ in range(CONNECTIONS):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=2))


def test_a_taken_port_is_refused_by_its_number() -> None:
    with bound_socket("127.0.0.1", free_port()) as first:
        port = first.getsockname()[1]
        with pytest.raises(AddressRefused, match=f"Port {port} of 127.0.0.1 is taken"):
            bound_socket("127.0.0.1", port)


def test_an_unknown_host_is_refused_by_name() -> None:
    with pytest.raises(AddressRefused, match=r"HOST '192\.0\.2\.1'|192\.0\.2\.1 port"):
        bound_socket("192.0.2.1", free_port())


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8050"),
        ("::", "http://[::1]:8050"),
        ("::1", "http://[::1]:8050"),
        ("metrics.example", "http://metrics.example:8050"),
    ],
)
def test_the_url_is_reachable_from_a_local_browser(host: str, address: str) -> None:
    assert url(host, 8050) == address
