"""The names of countries, from the table of ISO 3166 beside the time zones."""

from functools import lru_cache
from importlib import resources


def country_name(code: str) -> str:
    """`Brazil` of `BR`; the code itself where it is none of ISO 3166."""
    return _names().get(code, code)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return dict(row[:2] for row in rows if len(row) > 1)
