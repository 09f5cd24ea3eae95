"""Country and region of an address from an .mmdb file of any maker, by the type in its metadata.

Typed files (GeoLite2, GeoIP2, DB-IP: `...-City...`, `...-Country...`) are read by `geoip2`, which
raises `TypeError` on all others; flat ones by `maxminddb`, in C where the extension is there.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import geoip2.database
import geoip2.errors
import maxminddb
from geoip2.models import City, Country
from maxminddb.reader import Metadata

from analytics.geo.countries import country_code

Address = IPv4Address | IPv6Address
Location = tuple[str | None, str | None]  # ISO 3166-1 alpha-2, region
Lookup = Callable[[Address], Location]
UNKNOWN_LOCATION: Location = (None, None)
LONGEST_REGION = 64  # characters
COUNTRY_FIELDS = ("country_code", "country")
REGION_FIELDS = ("state1", "region", "region_name", "stateprov", "subdivisions")

# `ValueError`: an IPv6 address and a file of IPv4 alone. `TypeError`: a record of another shape.
UNANSWERED = (ValueError, TypeError, geoip2.errors.GeoIP2Error, maxminddb.InvalidDatabaseError)


class CountryFileFault(Exception):
    """A country file cannot be used. The text says which, why, and how to mend it."""


def metadata_of(path: Path) -> Metadata:
    """What a file says of itself. Raises `CountryFileFault`."""
    with closing(raw_reader(path)) as reader:
        return reader.metadata()


def raw_reader(path: Path) -> maxminddb.Reader:
    """The records of a file as they are. Raises `CountryFileFault`."""
    try:
        return maxminddb.open_database(str(path))
    except maxminddb.InvalidDatabaseError as fault:
        raise CountryFileFault(
            f"{path} is no .mmdb file (MaxMind DB). What comes as .gz, .tar.gz or .zip is unpacked "
            "first; CSV and BIN files cannot be read, take the MMDB of the same maker."
        ) from fault
    except OSError as fault:
        raise CountryFileFault(f"{path} cannot be read: {fault.strerror or fault}.") from fault


def open_lookup(path: Path) -> Lookup:
    """A function from an address to its location; what no file knows is `UNKNOWN_LOCATION`.

    Raises `CountryFileFault`.
    """
    database_type = metadata_of(path).database_type
    if "City" in database_type or "Country" in database_type:
        return _typed(path, is_city="City" in database_type)
    return _flat(path)


def region_of(text: object) -> str | None:
    """A region's code or name: one line of at most 64 characters; `None` for anything else."""
    plain = " ".join(text.split()) if isinstance(text, str) else ""
    return plain[:LONGEST_REGION] if plain and plain.isprintable() else None


def _typed(path: Path, *, is_city: bool) -> Lookup:
    reader = geoip2.database.Reader(str(path))
    record_of: Callable[[Address], City | Country] = reader.city if is_city else reader.country

    def lookup(address: Address) -> Location:
        try:
            record = record_of(address)
        except UNANSWERED:
            return UNKNOWN_LOCATION
        country = country_code(record.country.iso_code)
        return (country, _subdivision(record)) if country else UNKNOWN_LOCATION

    return lookup


def _subdivision(record: City | Country) -> str | None:
    """The most specific one: its ISO 3166-2 code, else its name, as files of DB-IP have it."""
    subdivisions = getattr(record, "subdivisions", None)
    if not subdivisions:
        return None
    return region_of(subdivisions.most_specific.iso_code or subdivisions.most_specific.name)


def _flat(path: Path) -> Lookup:
    reader = raw_reader(path)

    def lookup(address: Address) -> Location:
        try:
            record = reader.get(address)
        except UNANSWERED:
            return UNKNOWN_LOCATION
        return location_of(record)

    return lookup


def location_of(record: object) -> Location:
    """Of `{"country_code": "BR", "state1": "Bahia"}`, or nested as in typed files."""
    if not isinstance(record, dict):
        return UNKNOWN_LOCATION
    country = next((code for code in map(_code, _values(record, COUNTRY_FIELDS)) if code), None)
    if country is None:
        return UNKNOWN_LOCATION
    regions = map(_region, _values(record, REGION_FIELDS))
    return country, next((region for region in regions if region), None)


def _values(record: Mapping[str, Any], fields: tuple[str, ...]) -> list[Any]:
    return [record[field] for field in fields if field in record]


def _region(value: object) -> str | None:
    """Of a text, or of the last of subdivisions."""
    if not isinstance(value, list) or not value or not isinstance(value[-1], dict):
        return region_of(value)
    names = value[-1].get("names")
    return region_of(value[-1].get("iso_code")) or region_of(
        names.get("en") if isinstance(names, dict) else None
    )


def _code(value: object) -> str | None:
    return country_code(value.get("iso_code") if isinstance(value, dict) else value)
