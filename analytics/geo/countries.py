"""The one list of countries: ISO 3166-1 and Kosovo, with the names people use.

`countries.tsv` has a country a line: alpha-2, alpha-3, continent, name. The codes and continents
are GeoNames' (CC BY 4.0), the names ours; `XK` and `XKX` are what everybody uses for Kosovo.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from models.metrics.dimensions import OTHER, UNKNOWN

UNKNOWN_COUNTRY = "Unknown country"
NAMES_OF_NONE = {UNKNOWN: UNKNOWN_COUNTRY, OTHER: "Other countries"}
ALL_APPS = "all apps"
_table = Path(__file__).with_name("countries.tsv")


@dataclass(frozen=True, slots=True)
class Country:
    """`code` is ISO 3166-1 alpha-2, `alpha3` alpha-3."""

    code: str
    alpha3: str
    continent: str
    name: str


@lru_cache(maxsize=1)
def countries() -> Mapping[str, Country]:
    """All 250 by their alpha-2 code, in its order."""
    rows = (line.split("\t") for line in _table.read_text(encoding="utf-8").splitlines())
    return {row[0]: Country(*row) for row in rows}


def country_code(text: object) -> str | None:
    """The code in a text of somebody else, `None` for what is no country: `EU`, `AP`, `ZZ`, `AN`,
    `A1`, `T1`, nothing."""
    code = text.strip().upper() if isinstance(text, str) else ""
    return code if code in countries() else None


def country_name(code: str) -> str:
    """`Brazil` of `BR`; what is no country is an unknown one, its code in brackets."""
    if (country := countries().get(code)) is not None:
        return country.name
    return NAMES_OF_NONE.get(code) or f"{UNKNOWN_COUNTRY} ({code})"


def value_name(dimension: str, value: str) -> str:
    """A value of a dimension as people read it: a country by its name, no app as all of them, whose
    processes they share, all else as it is."""
    if dimension == "app" and not value:
        return ALL_APPS
    return country_name(value) if dimension == "country" else value


def value_names(labels: Mapping[str, str]) -> list[str]:
    """The values of labels, which have the names of dimensions, as people read them."""
    return [value_name(dimension, value) for dimension, value in labels.items()]
