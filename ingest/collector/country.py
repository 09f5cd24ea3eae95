"""Country (and region) of an IP address, from a file; the address is never stored.

The file shipped with us is flat (`country_code`); GeoLite2, GeoIP2 and DB-IP files named by
`GEOIP_DATABASE` have MaxMind's shape, and regions when they are City files.
"""

import logging
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import geoip2.database
import geoip2.errors
import maxminddb

from ingest.http.sender import Address, address_of
from settings import CHECKOUT, Settings

SHIPPED = CHECKOUT / "assets" / "geo" / "country.mmdb.xz"
Location = tuple[str | None, str | None]
Locate = Callable[[str | None], Location]
Lookup = Callable[[Address], Location]
UNKNOWN_LOCATION: Location = (None, None)
logger = logging.getLogger(__name__)


class CountryFileFault(Exception):
    """The country file cannot be used. The text says which and why."""


def locator(settings: Settings) -> Locate:
    """A function from an address to (ISO 3166 country, region or `None`); unknown is `None`.

    Raises `CountryFileFault` when `GEOIP_DATABASE` names a file that cannot be read.
    """
    if not settings.enable_metrics_geolocation:
        return lambda _address: UNKNOWN_LOCATION
    if settings.geoip_database is not None:
        lookup = _maxmind(settings.geoip_database)
    else:
        lookup = _flat(unpacked(settings.data_dir))

    def locate(sender: str | None) -> Location:
        address = address_of(sender)
        return UNKNOWN_LOCATION if address is None else lookup(address)

    return locate


def unpacked(data_dir: Path) -> Path:
    """The shipped file, decompressed under `data_dir` once; safe when processes race."""
    stamp = SHIPPED.stat()
    target = data_dir / "geo" / f"country-{stamp.st_size}.mmdb"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(lzma.decompress(SHIPPED.read_bytes()))
        fresh.replace(target)
    return target


def _flat(path: Path) -> Lookup:
    reader = maxminddb.open_database(str(path))

    def lookup(address: Address) -> Location:
        try:
            record = reader.get(address)
        except ValueError:
            return UNKNOWN_LOCATION
        code = record.get("country_code") if isinstance(record, dict) else None
        return (str(code), None) if code else UNKNOWN_LOCATION

    return lookup


def _maxmind(path: Path) -> Lookup:
    try:
        reader = geoip2.database.Reader(str(path))
    except (OSError, maxminddb.InvalidDatabaseError) as fault:
        raise CountryFileFault(f"GEOIP_DATABASE: {path} cannot be read: {fault}") from fault
    record_of = reader.city if "City" in reader.metadata().database_type else reader.country

    def lookup(address: Address) -> Location:
        try:
            record = record_of(address)
        except (ValueError, geoip2.errors.GeoIP2Error):
            return UNKNOWN_LOCATION
        subdivisions = getattr(record, "subdivisions", None)
        region = subdivisions.most_specific.iso_code if subdivisions else None
        return record.country.iso_code, region

    return lookup
