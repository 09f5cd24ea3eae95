"""A country file of a few lines: every address is in one of the demo's countries."""

from ipaddress import IPv4Address

from scripts.demo_data import world


def any_country(address: str | None) -> tuple[str | None, str | None]:
    """The country that the address, taken as a number, falls on."""
    number = int(IPv4Address(address or "0.0.0.0"))
    return world.COUNTRIES[number % len(world.COUNTRIES)].code, None
