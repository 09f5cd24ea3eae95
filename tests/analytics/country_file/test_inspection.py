"""What a file that somebody brings is said to be, and which are refused."""

from pathlib import Path

import pytest

from analytics.country_file.inspection import inspect
from analytics.country_file.reader import CountryFileFault
from tests.support.mmdb import mmdb

NETWORKS = {
    "8.8.8.0/24": {"country_code": "US"},
    "193.0.0.0/21": {"country_code": "NL", "state1": "North Holland"},
    "192.0.2.0/24": {"country_code": "EU"},
    "2001:67c::/32": {"country_code": "NL"},
}


def test_networks_countries_and_samples_are_counted(tmp_path: Path) -> None:
    inspection = inspect(mmdb(tmp_path / "a.mmdb", NETWORKS))
    assert (inspection.ipv4, inspection.ipv6, inspection.countries) == (3, 1, 2)
    assert inspection.has_regions
    assert dict(inspection.samples)["193.0.6.139"] == ("NL", "North Holland")


@pytest.mark.parametrize(
    ("database_type", "record", "words"),
    [
        ("GeoLite2-ASN", {"autonomous_system_number": 15169}, "such as GeoLite2-Country"),
        ("asn ipvAll", {"autonomous_system_number": 15169}, "names no country"),
        ("country ipvAll", {"country_code": "EU"}, "names no country"),
    ],
)
def test_a_file_without_countries_is_refused(
    tmp_path: Path, database_type: str, record: dict[str, object], words: str
) -> None:
    with pytest.raises(CountryFileFault, match=words):
        inspect(mmdb(tmp_path / "a.mmdb", {"8.8.8.0/24": record}, database_type))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = mmdb(tmp_path / "a.mmdb", NETWORKS)
    path.write_bytes(path.read_bytes().replace(b"country_code", b"\xff\xff\xff\xff\xff\xff" * 2))
    with pytest.raises(CountryFileFault, match="damaged"):
        inspect(path)
