"""Random IPv4 addresses by country, according to the country file; never stored."""

import numpy as np

from ingest.collector.country import Locate

PER_COUNTRY = 8
TRIES = 400_000
LAST_UNICAST = 224 << 24


def draw(rng: np.random.Generator, locate: Locate, codes: list[str]) -> dict[str, list[str]]:
    """Up to `PER_COUNTRY` IPv4 addresses per country; none for countries not in the file."""
    addresses: dict[str, list[str]] = {code: [] for code in codes}
    missing = set(codes)
    for number in rng.integers(1 << 24, LAST_UNICAST, TRIES):
        address = ".".join(str(int(number) >> shift & 255) for shift in (24, 16, 8, 0))
        country, _ = locate(address)
        if country in missing:
            addresses[country].append(address)
            if len(addresses[country]) == PER_COUNTRY:
                missing.discard(country)
                if not missing:
                    break
    return addresses
