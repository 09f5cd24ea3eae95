"""`scripts/geo`: take a country or city file into use, and say which one is used and how old."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from analytics.country_file import selection
from analytics.country_file.inspection import Inspection, inspect
from analytics.country_file.locator import CHECK_SECONDS
from analytics.country_file.reader import CountryFileFault, Location
from analytics.country_file.source import CountrySource
from analytics.formatting.numbers import count, plural
from analytics.geo.countries import UNKNOWN_COUNTRY, country_name
from analytics.geo.regions import region_name
from settings import Settings
from settings_readers import SettingsError


def main(arguments: list[str], now: datetime | None = None) -> int:
    """Run a command; returns the exit status."""
    options = _parser().parse_args(arguments)
    do: Callable[[Settings, argparse.Namespace], list[str]] = options.do
    options.now = now or datetime.now(UTC)
    try:
        lines = do(Settings.from_environment(), options)
    except (SettingsError, CountryFileFault) as fault:
        print(fault, file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{fault.filename or 'The file'}: {fault.strerror}.", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def update(settings: Settings, options: argparse.Namespace) -> list[str]:
    """Take a file into use; what it is. Raises `CountryFileFault` and `OSError`."""
    lines = described(inspect(options.file, options.origin, options.link), options.now)
    if settings.geoip_database is not None:
        raise CountryFileFault(
            f"GEOIP_DATABASE names {settings.geoip_database}, which comes first. Rename the new "
            "file to that name, and running workers take it up; or unset GEOIP_DATABASE."
        )
    selection.install(settings.data_dir, options.file, options.origin, options.link)
    return [*lines, f"In use: running workers take it up within {CHECK_SECONDS:.0f} s."]


def status(settings: Settings, options: argparse.Namespace) -> list[str]:
    """The file in use. Raises `CountryFileFault`."""
    file = selection.selected(settings)
    return [str(file.path), *described(inspect(file.path), options.now, file.source)]


def described(
    inspection: Inspection, now: datetime, source: CountrySource | None = None
) -> list[str]:
    """A line a fact; `source` when more is known of it than its metadata say."""
    source = source or inspection.source
    link = f", {source.link}" if source.link else ""
    networks = f"{count(inspection.ipv4)} networks of IPv4, {count(inspection.ipv6)} of IPv6"
    regions = "with regions" if inspection.has_regions else "without regions"
    lines = [
        f"{source.origin}{link} ({inspection.database_type})",
        f"built {source.built_at:%Y-%m-%d}, {plural(source.age(now).days, 'day')} old",
        f"{networks}, {plural(inspection.countries, 'country', 'countries')}, {regions}",
        *(f"  {address:26}{_location_text(location)}" for address, location in inspection.samples),
    ]
    if source.origin == inspection.database_type:
        lines.append("The file does not say whose it is: --origin and --link say it on the pages.")
    if inspection.is_ipv4_only:
        lines.append("Senders by IPv6 will be of unknown country: this file has IPv4 alone.")
    if warning := source.warning(now):
        lines.append(f"Old: {warning}")
    return lines


def _location_text(location: Location) -> str:
    country, region = location
    if country is None:
        return UNKNOWN_COUNTRY
    return country_name(country) + (f", {region_name(country, region)}" if region else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="geo", description="The file that countries come from.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("update", help="take an .mmdb file into use")
    command.set_defaults(do=update)
    command.add_argument("file", type=Path, help="GeoLite2, GeoIP2, DB-IP, IP2Location, ... .mmdb")
    command.add_argument("--origin", help="its maker, where the file does not say it")
    command.add_argument("--link", help="what its licence wants to be linked beside results")
    commands.add_parser("status", help="the file in use").set_defaults(do=status)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
