"""Which file is used, and that a running worker takes up another one."""

import logging
import re
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from analytics.country_file.locator import Locator
from analytics.country_file.reader import UNKNOWN_LOCATION, Address, Location
from analytics.country_file.selection import install, selected
from settings import Settings
from tests.support.mmdb import BUILT, mmdb

HERE = ip_address("192.0.2.7")


def a_file(path: Path, code: str, database_type: str = "country ipvAll") -> Path:
    fresh = mmdb(path.with_suffix(".new"), {"192.0.2.0/24": {"country_code": code}}, database_type)
    return fresh.rename(path)


def test_a_running_locator_takes_up_what_is_installed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    locator = Locator(settings)
    assert locator.source is not None
    assert locator.source.origin == "IP Geolocation by DB-IP"
    assert locator.locate(HERE) == (None, None)
    for code, origin in (("BR", "Us"), ("XK", None), ("DE", "Them")):
        install(tmp_path, a_file(tmp_path / "mine.mmdb", code), origin, None)
        locator.refresh()
        assert locator.locate(HERE) == (code, None)
        assert locator.source.origin == (origin or "country ipvAll")
    assert len(list((tmp_path / "geo").glob("installed-*.mmdb"))) == 2


def test_a_file_of_the_operator_comes_first_and_is_taken_up_when_replaced(tmp_path: Path) -> None:
    own = a_file(tmp_path / "own.mmdb", "BR", "DBIP-Location")
    locator = Locator(Settings(data_dir=tmp_path, geoip_database=own))
    install(tmp_path, a_file(tmp_path / "other.mmdb", "DE"), None, None)
    locator.refresh()
    assert locator.locate(HERE) == ("BR", None)
    a_file(own, "FR")
    locator.refresh()
    assert locator.locate(HERE) == ("FR", None)


def test_a_damaged_replacement_is_logged_and_the_file_before_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = a_file(tmp_path / "own.mmdb", "BR")
    locator = Locator(Settings(data_dir=tmp_path, geoip_database=own))
    (tmp_path / "broken").write_text("nothing")
    (tmp_path / "broken").rename(own)
    with caplog.at_level(logging.WARNING):
        locator.refresh()
        locator.refresh()
    assert locator.locate(HERE) == ("BR", None)
    assert len(caplog.records) == 1
    assert "no .mmdb file" in (locator.fault or "")
    a_file(own, "FR")
    locator.refresh()
    assert (locator.locate(HERE), locator.fault) == (("FR", None), None)


@pytest.mark.parametrize(
    ("database_type", "record", "text"),
    [
        ("GeoLite2-ASN", {"autonomous_system_number": 15169}, "is a GeoLite2-ASN file"),
        ("company ipvAll", {"name": "A company"}, r"\(company ipvAll\) names no country"),
        ("GeoLite2-Country", {"country_code": "BR"}, "names no country"),
    ],
)
def test_a_file_of_another_kind_is_reported_at_the_start_and_costs_only_the_countries(
    tmp_path: Path, database_type: str, record: dict[str, object], text: str
) -> None:
    own = mmdb(tmp_path / "own.mmdb", {"192.0.2.0/24": record}, database_type)
    locator = Locator(Settings(data_dir=tmp_path, geoip_database=own))
    assert re.search(text, locator.fault or "")
    assert locator.locate(HERE) == UNKNOWN_LOCATION


def test_a_missing_file_is_reported_at_the_start(tmp_path: Path) -> None:
    locator = Locator(Settings(data_dir=tmp_path, geoip_database=tmp_path / "none.mmdb"))
    assert "cannot be read: No such file" in (locator.fault or "")
    assert (locator.locate(HERE), locator.source) == (UNKNOWN_LOCATION, None)


def test_a_fault_of_a_lookup_costs_the_country_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_address: Address) -> Location:
        raise AttributeError("a record of another kind")

    monkeypatch.setattr("analytics.country_file.locator.tried_lookup", lambda _: failing)
    locator = Locator(Settings(data_dir=tmp_path))
    assert locator.locate(HERE) == locator.locate(HERE) == UNKNOWN_LOCATION
    assert (len(caplog.records), locator.fault) == (
        1,
        "look-ups in the country file fail: AttributeError",
    )


def test_without_geolocation_nothing_is_read(tmp_path: Path) -> None:
    locator = Locator(Settings(data_dir=tmp_path, enable_metrics_geolocation=False))
    locator.refresh()
    assert locator.source is None
    assert locator.locate(HERE) == locator.locate(None) == (None, None)
    assert not (tmp_path / "geo").exists()


def test_a_file_older_than_twelve_months_warns(tmp_path: Path) -> None:
    own = a_file(tmp_path / "own.mmdb", "BR", "GeoLite2-Country")
    source = selected(Settings(data_dir=tmp_path, geoip_database=own)).source
    assert source.link == "https://www.maxmind.com"
    assert source.warning(BUILT + timedelta(days=365)) is None
    assert source.warning(BUILT + timedelta(days=400)) == (
        "the country file is 13 months old: ./scripts/geo update FILE.mmdb"
    )
