"""Where the people of an app live: the zone of their clocks, and the country of their holidays."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from analytics.geo.countries import country_code
from analytics.ranges.app_zones import OTHERS, UTC, AppZones

# Of countries with several zones the first in `zone.tab` has most people, but where it lies by the
# way from east to west. `zone.tab` has no Kosovo.
MOST_PEOPLE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Lubumbashi",
    "PS": "Asia/Hebron",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}


@dataclass(frozen=True, slots=True)
class Home:
    """`zone`: an IANA name; `country`: ISO 3166-1 alpha-2, `None` where nothing says it."""

    zone: str
    country: str | None


def home_of(app: str, zones: AppZones, sessions: Mapping[str, float]) -> Home:
    """The home of `app`: its zone as the setting `APP_ZONES` says, for itself or for all others,
    else that of the busiest country; UTC where there is neither.

    `sessions`: their number by the value of the dimension country, in which unknown countries and
    `other` do not count. Without any, the country of the zone.
    """
    by_app = dict(zones)
    zone = by_app.get(app, by_app.get(OTHERS))
    country = _busiest(sessions)
    if zone is None:
        return Home(_zone_of_country(country), country)
    return Home(zone, country or _zone_tab().of_zone.get(zone))


def _busiest(sessions: Mapping[str, float]) -> str | None:
    real = [name for name, count in sessions.items() if count > 0 and country_code(name) == name]
    return min(real, key=lambda code: (-sessions[code], code), default=None)


def _zone_of_country(country: str | None) -> str:
    return MOST_PEOPLE.get(country or "") or _zone_tab().first_zone.get(country or "", UTC)


@dataclass(frozen=True, slots=True)
class _ZoneTab:
    first_zone: Mapping[str, str]
    of_zone: Mapping[str, str]


@lru_cache(maxsize=1)
def _zone_tab() -> _ZoneTab:
    """`zone.tab` of the IANA data in the package `tzdata`: country, coordinates, zone."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    first_zone: dict[str, str] = {}
    for country, _, zone, *_ in rows:
        first_zone.setdefault(country, zone)
    return _ZoneTab(first_zone, {row[2]: row[0] for row in rows})
