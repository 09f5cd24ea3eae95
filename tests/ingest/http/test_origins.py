"""Origins are compared as RFC 6454 says: scheme, host and port, and nothing that looks alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http import origins

OWN = "https://metrics.example.com"
hosts = st.text("ab-.", min_size=1, max_size=9).map(lambda text: f"x{text}y")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, True),
        (OWN, True),
        ("HTTPS://Metrics.Example.COM:443", True),
        ("http://metrics.example.com", False),
        ("https://metrics.example.com:8443", False),
        ("https://metrics.example.com.evil.example", False),
        ("https://evil.example/https://metrics.example.com", False),
        ("null", False),
        ("", False),
        ("file:///etc/passwd", False),
    ],
)
def test_without_a_list_only_our_own_origin_may_call(origin: str | None, expected: bool) -> None:
    assert origins.allows(origin, (), OWN) is expected


def test_a_list_replaces_our_own_origin() -> None:
    allowed = ("https://shop.example", "http://localhost:3000")
    assert origins.allows("http://localhost:3000", allowed, OWN)
    assert not origins.allows("http://localhost:3001", allowed, OWN)
    assert not origins.allows(OWN, allowed, OWN)


@pytest.mark.parametrize("origin", ["null", "chrome-extension://abc", "https://a b:c", "nonsense"])
def test_a_star_allows_every_web_origin_and_nothing_else(origin: str) -> None:
    assert origins.allows("https://anybody.example", ("*",), OWN)
    assert not origins.allows(origin, ("*",), OWN)


@pytest.mark.parametrize(
    "text",
    ["https://a.example/path", "https://a.example?x=1", "https://", "https://a:99999", "//a"],
)
def test_what_is_more_or_less_than_an_origin_is_none(text: str) -> None:
    assert origins.normalized(text) is None


@given(hosts, st.sampled_from(["http", "https"]), st.integers(1, 65535) | st.none())
def test_normalizing_names_the_port_and_changes_nothing_the_second_time(
    host: str, scheme: str, port: int | None
) -> None:
    origin = origins.normalized(f"{scheme}://{host}" + (f":{port}" if port else ""))
    assert origin == f"{scheme}://{host}:{port or origins.DEFAULT_PORTS[scheme]}"
    assert origins.normalized(origin) == origin


def test_the_public_address_is_our_own_whatever_host_was_called() -> None:
    assert origins.own_origin(OWN, "http", "10.0.0.7:8000") == OWN
    assert origins.own_origin(None, "http", "10.0.0.7:8000") == "http://10.0.0.7:8000"
