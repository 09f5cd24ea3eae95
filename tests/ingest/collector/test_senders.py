"""The sender of a report: origin, address, country, browser, rate limit."""

from pathlib import Path

import pytest

from ingest.collector.country import locator
from ingest.collector.user_agent import browser_and_os
from ingest.http.origins import allows
from settings import Settings

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("origin", "allowed", "verdict"),
    [
        ("https://a.example:443", ("https://a.example",), True),
        ("HTTPS://A.example", ("https://a.example",), True),
        ("http://a.example", ("https://a.example",), False),
        ("https://b.example", ("*",), True),
        ("null", ("*",), False),
        ("file://", ("*",), False),
    ],
)
def test_origins_are_compared_as_origins(
    origin: str, allowed: tuple[str, ...], verdict: bool
) -> None:
    assert allows(origin, allowed, "https://own.example") is verdict


def test_an_address_has_a_country(tmp_path: Path) -> None:
    locate = locator(Settings(data_dir=tmp_path))
    for form in ("8.8.8.8", "8.8.8.8:4711", "::ffff:8.8.8.8", "[::ffff:8.8.8.8]:443"):
        assert locate(form) == ("US", None)
    assert locate("10.0.0.1") == locate("nonsense") == locate(None) == (None, None)
    off = locator(Settings(data_dir=tmp_path, enable_metrics_geolocation=False))
    assert off("8.8.8.8") == (None, None)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (CHROME, ("Chrome 141", "Windows")),
        ("", (None, None)),
        ("\0" * 5000, (None, None)),
    ],
)
def test_a_browser_is_recognised(header: str, expected: tuple[str | None, str | None]) -> None:
    assert browser_and_os(header) == expected
