"""What is in a country file that somebody brings, before it is taken into use."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import islice
from pathlib import Path

import maxminddb
from maxminddb.reader import Metadata

from .reader import (
    Address,
    CountryFileFault,
    Location,
    Lookup,
    location_of,
    metadata_of,
    open_lookup,
    raw_reader,
)
from .source import CountrySource, source_of

# Of networks that stay where they are: the registries of the five regions, and Google's resolver.
SAMPLES = (
    *("8.8.8.8", "193.0.6.139", "200.160.2.3", "202.12.29.175", "196.216.2.1"),
    *("2001:4860:4860::8888", "2001:67c:2e8:22::c100:68b", "2001:12ff:0:2::3"),
)
WITHOUT_COUNTRIES = ("ASN", "ISP", "Anonymous", "Connection-Type", "Domain", "Proxy", "Privacy")
TRIAL_NETWORKS = 1000  # of a file that has none of the samples: one of private networks
TAKE_ANOTHER = "Take the Country or City file of the same maker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """`ipv4`, `ipv6`: networks; `samples`: an address and its location each."""

    source: CountrySource
    database_type: str
    ipv4: int
    ipv6: int
    countries: int
    has_regions: bool
    is_ipv4_only: bool
    samples: tuple[tuple[str, Location], ...]


def inspect(path: Path, origin: str | None = None, link: str | None = None) -> Inspection:
    """Read every record of a file. Raises `CountryFileFault` for one without countries."""
    metadata = metadata_of(path)
    _check_type(path, metadata)
    networks, countries, has_regions = Counter[int](), set[str](), False
    for version, (country, region) in _records(path):
        networks[version] += 1
        has_regions = has_regions or region is not None
        if country is not None:
            countries.add(country)
    lookup = open_lookup(path)
    samples = tuple((text, lookup(ip_address(text))) for text in SAMPLES)
    if not countries or not any(country for _, (country, _) in samples):
        raise _nameless(path, metadata)
    return Inspection(
        source=source_of(metadata, origin, link),
        database_type=metadata.database_type,
        ipv4=networks[4],
        ipv6=networks[6],
        countries=len(countries),
        has_regions=has_regions,
        is_ipv4_only=metadata.ip_version == 4,
        samples=samples,
    )


def tried_lookup(path: Path) -> Lookup:
    """The look-up of a file, after it named the country of an address.

    Raises `CountryFileFault` for a file of another kind, and for one whose look-up fails.
    """
    metadata = metadata_of(path)
    _check_type(path, metadata)
    lookup = open_lookup(path)
    try:
        if any(lookup(address)[0] for address in _trial_addresses(path)):
            return lookup
    except Exception as fault:
        raise CountryFileFault(
            f"{path} ({metadata.database_type}) fails when an address is looked up "
            f"({type(fault).__name__}: {fault}). {TAKE_ANOTHER}."
        ) from fault
    raise _nameless(path, metadata)


def _trial_addresses(path: Path) -> Iterator[Address]:
    """The samples, then the first address of each of the first networks."""
    yield from map(ip_address, SAMPLES)
    with closing(raw_reader(path)) as reader:
        for network, _ in islice(reader, TRIAL_NETWORKS):
            yield network.network_address


def _nameless(path: Path, metadata: Metadata) -> CountryFileFault:
    kind = metadata.database_type
    return CountryFileFault(f"{path} ({kind}) names no country. {TAKE_ANOTHER}.")


def _check_type(path: Path, metadata: Metadata) -> None:
    other = next((part for part in WITHOUT_COUNTRIES if part in metadata.database_type), None)
    if other:
        raise CountryFileFault(
            f"{path} is a {metadata.database_type} file, which names no countries. {TAKE_ANOTHER}, "
            f"such as {metadata.database_type.replace(other, 'Country')}."
        )


def _records(path: Path) -> Iterator[tuple[int, Location]]:
    """IP version and location of each network."""
    with closing(raw_reader(path)) as reader:
        try:
            for network, record in reader:
                yield network.version, location_of(record)
        except (maxminddb.InvalidDatabaseError, UnicodeDecodeError) as fault:
            raise CountryFileFault(
                f"{path} is damaged: {fault}. Download it again and compare its checksum."
            ) from fault
