"""Where the connections go: the address, whether it is this machine, and the API beside it."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

from analytics.load_tests.report import LOAD_TEST_APP

from .clients.scenario import Client, Scenario

PORTS = {"ws": 80, "wss": 443}


class TargetRefused(Exception):
    """The target cannot be used. The text says why and what to do."""


def address(url: str, scenario: Scenario[Client]) -> str:
    """The URL to connect to. Without a path it is our own endpoint for the scenario, and the app
    that keeps these connections apart. Raises `TargetRefused`."""
    parts = _parts(url)
    if parts.path in ("", "/"):
        query = parts.query or urlencode({"app": LOAD_TEST_APP})
        return urlunsplit((parts.scheme, parts.netloc, scenario.path, query, ""))
    return urlunsplit((*parts[:4], ""))


def check_owner(url: str, *, owns_target: bool) -> None:
    """Raises `TargetRefused` for another machine that nobody said is theirs."""
    parts = _parts(url)
    if not owns_target and not is_this_machine(parts.hostname or ""):
        raise TargetRefused(
            f"{parts.hostname} is not this machine. A load test of somebody else's server is an "
            "attack: say --yes-i-own-this if it is yours."
        )


def is_this_machine(host: str) -> bool:
    """Whether every address of a name is one of this machine."""
    try:
        addresses = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(_is_local(str(each)) for each in addresses)


def api_origin(url: str) -> str:
    """http(s) origin of a ws(s) URL. Raises `TargetRefused`."""
    parts = _parts(url)
    return urlunsplit((parts.scheme.replace("ws", "http", 1), parts.netloc, "", "", ""))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise TargetRefused(f"--url {url} is no address of WebSockets, such as ws://127.0.0.1:8050")
    return parts


def _is_local(text: str) -> bool:
    if ipaddress.ip_address(text.partition("%")[0]).is_loopback:
        return True
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((text, 0))
        except OSError:
            return False
    return True
