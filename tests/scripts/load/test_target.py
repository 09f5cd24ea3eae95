import socket

import pytest

from scripts.load.clients.tally import Tally
from scripts.load.scenarios.echo import Echo
from scripts.load.target import TargetRefused, address, api_origin, check_owner

ECHO = Echo(Tally(), 100)


def test_without_a_path_it_is_the_endpoint_of_the_scenario_apart_from_people() -> None:
    assert address("ws://host:8050", ECHO) == "ws://host:8050/ws/echo?app=load-test"
    assert address("wss://host/?app=mine", ECHO) == "wss://host/ws/echo?app=mine"
    assert address("wss://host/chat?room=1#part", ECHO) == "wss://host/chat?room=1"


@pytest.mark.parametrize("url", ["http://host", "host:8050", "ws://", "ws://[::1", "ws://a:99999"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused, match="no address of WebSockets"):
        address(url, ECHO)


def test_other_machines_need_their_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    check_owner("ws://127.0.0.1:1", owns_target=False)
    check_owner("ws://[::1]:1", owns_target=False)
    check_owner("ws://203.0.113.7", owns_target=True)
    with pytest.raises(TargetRefused, match=r"203\.0\.113\.7 is not this machine"):
        check_owner("ws://203.0.113.7", owns_target=False)
    both = [(socket.AF_INET, 0, 0, "", (each, 0)) for each in ("127.0.0.1", "203.0.113.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: both)
    with pytest.raises(TargetRefused):
        check_owner("ws://half-local", owns_target=False)


def test_the_api_is_that_of_the_same_origin() -> None:
    assert api_origin("wss://host:8443/ws") == "https://host:8443"
