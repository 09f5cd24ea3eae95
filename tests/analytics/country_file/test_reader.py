"""Locations from files of every shape, by the type in their metadata."""

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from analytics.country_file.reader import (
    UNKNOWN_LOCATION,
    CountryFileFault,
    Location,
    open_lookup,
    region_of,
)
from tests.support.mmdb import mmdb

SHEFFIELD = {
    "country": {"iso_code": "GB"},
    "subdivisions": [{"iso_code": "ENG"}, {"iso_code": "SHF", "names": {"en": "Sheffield"}}],
}
BAHIA_BY_NAME = {"country": {"iso_code": "BR"}, "subdivisions": [{"names": {"en": "Bahia"}}]}


@pytest.mark.parametrize(
    ("database_type", "record", "location"),
    [
        ("GeoLite2-City", SHEFFIELD, ("GB", "SHF")),
        ("DBIP-City-Lite", BAHIA_BY_NAME, ("BR", "Bahia")),
        ("GeoIP2-Country", SHEFFIELD, ("GB", None)),
        ("GeoLite2-Country", {"registered_country": {"iso_code": "US"}}, UNKNOWN_LOCATION),
        ("country ipvAll", {"country_code": "XK"}, ("XK", None)),
        ("country ipvAll", {"country_code": "EU"}, UNKNOWN_LOCATION),
        ("city ipv4", {"country_code": "BR", "state1": " Ba\nhia "}, ("BR", "Ba hia")),
        ("ipinfo generic", {"country": "DE", "region": "Bavaria"}, ("DE", "Bavaria")),
        ("IP2LITE-DB1", {"country": {"iso_code": "JP"}}, ("JP", None)),
        ("IP2LITE-DB3", SHEFFIELD, ("GB", "SHF")),
        ("anything", ["BR"], UNKNOWN_LOCATION),
        ("GeoLite2-City", {"country": "BR"}, UNKNOWN_LOCATION),
    ],
)
def test_records_of_every_shape_are_read(
    tmp_path: Path, database_type: str, record: Any, location: Location
) -> None:
    lookup = open_lookup(mmdb(tmp_path / "a.mmdb", {"192.0.2.0/24": record}, database_type))
    assert lookup(ip_address("192.0.2.7")) == location
    assert lookup(ip_address("198.51.100.1")) == UNKNOWN_LOCATION


@pytest.mark.parametrize("database_type", ["country ipv4", "GeoLite2-Country"])
def test_a_file_of_ipv4_alone_knows_no_ipv6_address(tmp_path: Path, database_type: str) -> None:
    networks = {"192.0.2.0/24": {"country_code": "BR", "country": {"iso_code": "BR"}}}
    lookup = open_lookup(mmdb(tmp_path / "a.mmdb", networks, database_type, ip_version=4))
    assert lookup(ip_address("192.0.2.7")) == ("BR", None)
    assert lookup(ip_address("2001:db8::1")) == UNKNOWN_LOCATION


def test_what_is_no_such_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "GeoLite2-Country.tar.gz"
    with pytest.raises(CountryFileFault, match="No such file"):
        open_lookup(path)
    path.write_bytes(b"\x1f\x8b" * 50)
    with pytest.raises(CountryFileFault, match=r"no \.mmdb file .* unpacked first"):
        open_lookup(path)


def test_a_region_is_one_short_line() -> None:
    assert region_of("  São\tPaulo ") == "São Paulo"
    assert region_of("x" * 500) == "x" * 64
    assert [region_of(text) for text in ("", " ", None, 7, "a\x00b")] == [None] * 5
