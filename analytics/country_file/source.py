"""Whose a country file is: its origin with the link that licences ask for, and its age."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
from maxminddb.reader import Metadata

OLDEST = timedelta(days=365)
DAYS_OF_A_MONTH = 30.44
# By a part of the type in the metadata: the words and the link that each maker's licence asks for.
MAKERS = (
    ("DBIP", "IP Geolocation by DB-IP", "https://db-ip.com"),
    ("GeoLite2", "GeoLite2 data created by MaxMind", "https://www.maxmind.com"),
    ("GeoIP2", "GeoIP2 by MaxMind", "https://www.maxmind.com"),
    ("IP2LITE", "IP2Location LITE data", "https://lite.ip2location.com"),
    ("IP2Location", "IP2Location", "https://www.ip2location.com"),
    ("ipinfo", "IP address data powered by IPinfo", "https://ipinfo.io"),
)


class CountrySource(msgspec.Struct, frozen=True, kw_only=True):
    """`origin` is displayed beside results, with `link` where there is one; `built_at` is UTC."""

    origin: str
    link: str | None
    built_at: datetime

    @property
    def credit(self) -> str:
        """The words and the link that its licence asks for beside results."""
        return ", ".join(filter(None, (self.origin, self.link)))

    def age(self, now: datetime) -> timedelta:
        """How old the data are."""
        return now - self.built_at

    def warning(self, now: datetime) -> str | None:
        """What to do about a file of more than 12 months; `None` for a younger one."""
        age = self.age(now)
        if age <= OLDEST:
            return None
        months = int(age.days / DAYS_OF_A_MONTH)
        return f"the country file is {months} months old: ./scripts/geo update FILE.mmdb"


Source = Callable[[], CountrySource | None]  # of the file in use; `None`: geolocation is off


def source_of(
    metadata: Metadata, origin: str | None = None, link: str | None = None
) -> CountrySource:
    """By the metadata; `origin` and `link` are for files that do not name their maker."""
    by_type = metadata.database_type.lower()
    named = next((maker for maker in MAKERS if maker[0].lower() in by_type), None)
    return CountrySource(
        origin=origin or (named[1] if named else metadata.database_type or "a file of no name"),
        link=link or (named[2] if named and not origin else None),
        built_at=datetime.fromtimestamp(metadata.build_epoch, UTC),
    )
