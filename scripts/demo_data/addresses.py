"""Addresses that lie in a country according to the country file; used, then forgotten."""

import numpy as np

from ingest.collector.country import Locate

PER_COUNTRY = 8
TRIES = 400_000
LAST_UNICAST = 224 << 24


def draw(rng: np.random.Generator, locate: Locate, codes: list[str]) -> dict[str, list[str]]:
    """A few IPv4 addresses for each country; none where the file knows no such country."""
    found: dict[str, list[str]] = {code: [] for code in codes}
    missing = set(codes)
    for number in rng.integers(1 << 24, LAST_UNICAST, TRIES):
        address = ".".join(str(int(number) >> shift & 255) for shift in (24, 16, 8, 0))
        country, _ = locate(address)
        if country in missing:
            found[country].append(address)
            if len(found[country]) == PER_COUNTRY:
                missing.discard(country)
                if not missing:
                    break
    return found
