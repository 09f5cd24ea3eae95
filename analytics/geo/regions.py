"""Regions inside a country by name: the subdivisions of ISO 3166-2.

`regions.tsv` has a region a line: code with its country (`BR-SP`), name. It is made by
`scripts/geodata/regions.py`; the names are those of the Unicode CLDR (Unicode License v3, beside
the table), which also has codes that ISO gave up, as older files use them.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from models.metrics.dimensions import OTHER, UNKNOWN

NAMES_OF_NONE = {UNKNOWN: "Unknown region", OTHER: "Other regions"}
_code = re.compile(r"[A-Z0-9]{1,3}")  # the part of a subdivision behind its country
_table = Path(__file__).with_name("regions.tsv")


@lru_cache(maxsize=1)
def regions() -> Mapping[str, str]:
    """All names by code: `BR-SP`."""
    rows = (line.split("\t") for line in _table.read_text(encoding="utf-8").splitlines())
    return dict(rows)


def region_name(country: str, region: str) -> str:
    """`São Paulo` of `SP` in `BR`; a name, as some files have it, is itself, and a code that no
    list has is said to be one: `Region code X9`."""
    part = region.removeprefix(f"{country}-")
    name = NAMES_OF_NONE.get(region) or regions().get(f"{country}-{part}")
    if name is not None:
        return name
    return f"Region code {part}" if _code.fullmatch(part) else region
