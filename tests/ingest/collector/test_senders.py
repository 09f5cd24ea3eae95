"""The sender of a report: origin, address, country, browser, rate limit."""

from pathlib import Path

import pytest

from analytics.country_file.locator import Locator
from analytics.country_file.reader import Location
from ingest.collector.country import locator, sender_locator
from ingest.collector.user_agent import Program, program_of
from ingest.http.origins import allows
from settings import Settings
from tests.support.mmdb import mmdb

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
    ("hops", "forwarded", "header", "location"),
    [
        (1, "192.0.2.9", "br", ("BR", None)),
        (1, "192.0.2.9", "US", ("US", "CA")),
        (1, "192.0.2.9", "XX", ("US", "CA")),
        (1, "192.0.2.9", "T1", (None, None)),
        (1, "192.0.2.9", None, ("US", "CA")),
        (1, None, "BR", ("US", "CA")),
        (2, "192.0.2.9", "BR", ("US", "CA")),
        (0, "192.0.2.9", "BR", ("US", "CA")),
    ],
)
def test_a_header_with_the_country_is_believed_from_trusted_proxies(
    tmp_path: Path, hops: int, forwarded: str | None, header: str | None, location: Location
) -> None:
    record = {"country": {"iso_code": "US"}, "subdivisions": [{"iso_code": "CA"}]}
    own = mmdb(tmp_path / "own.mmdb", {"192.0.2.0/24": record}, "GeoLite2-City")
    settings = Settings(
        data_dir=tmp_path, geoip_database=own, trusted_proxy_hops=hops,
        metrics_country_header="CF-IPCountry",
    )  # fmt: skip
    environ = {"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": forwarded,
               "HTTP_CF_IPCOUNTRY": header}  # fmt: skip
    present = {name: text for name, text in environ.items() if text is not None}
    assert sender_locator(settings, Locator(settings))(present) == location


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (CHROME, Program("Chrome 141", "Windows")),
        ("", Program(None, None)),
        ("\0" * 5000, Program(None, None)),
    ],
)
def test_a_browser_is_recognised(header: str, expected: Program) -> None:
    assert program_of(header) == expected


GENUINE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (GENUINE + "HeadlessChrome/141.0.0.0 Safari/537.36", "HeadlessChrome"),
        (GENUINE + "Chrome/141.0.0.0 Safari/537.36 Chrome-Lighthouse", "Chrome-Lighthouse"),
        (GENUINE + "Chrome/126.0.0.0 Safari/537.36 PingdomTMS/2.1", "PingdomTMS"),
        (GENUINE + "Chrome/126.0.0.0 Safari/537.36 DatadogSynthetics", "DatadogSynthetics"),
        (GENUINE + "Chrome/124.0 Cypress/13.0 Safari/537.36", "Cypress"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "UptimeRobot"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
        ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "GPTBot"),
        (CHROME, None),
        ("Mozilla/5.0 (Linux; Android 10; CUBOT P40) Chrome/120.0 Mobile Safari/537.36", None),
        (GENUINE + "Chrome/141.0.0.0 Safari/537.36 Checklyst", None),
        ("", None),
    ],
)
def test_crawlers_headless_checks_and_probes_are_recognised(header: str, name: str | None) -> None:
    assert program_of(header).automated == name
