"""The parameters of the demo: apps, countries, networks, browsers, releases, and their shares.

Shares and times are invented, in the proportions of public statistics.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class App:
    """An application: share of sessions, median session in minutes, pages, mobile share."""

    name: str
    share: float
    minutes: float
    pages: tuple[str, ...]
    on_mobile: float


@dataclass(frozen=True, slots=True)
class Country:
    """A country: share of sessions, hours from UTC, median round trip in ms, 3G share."""

    code: str
    share: float
    utc_hours: float
    round_trip_ms: float
    on_3g: float


APPS = (
    App("portal", 0.60, 9, ("/appointments", "/patients", "/chat", "/billing"), 0.25),
    App("kiosk", 0.13, 26, ("/check-in", "/queue"), 0.0),
    App("mobile", 0.27, 4, ("/chat", "/reminders", "/profile"), 1.0),
)
# So near that no hour without an incident keeps the p95 over 200 ms, where alerts fire.
COUNTRIES = (
    Country("US", 19, -6, 42, 0.02),
    Country("DE", 12, 1, 24, 0.02),
    Country("BR", 15, -3, 63, 0.08),
    Country("GB", 7, 0, 30, 0.02),
    Country("FR", 6, 1, 28, 0.02),
    Country("IN", 12, 5.5, 68, 0.20),
    Country("JP", 4, 9, 65, 0.01),
    Country("MX", 3.5, -6, 62, 0.08),
    Country("ES", 3, 1, 38, 0.03),
    Country("IT", 3, 1, 36, 0.03),
    Country("CA", 2.8, -5, 45, 0.02),
    Country("PL", 2.2, 1, 34, 0.04),
    Country("NL", 2, 1, 22, 0.01),
    Country("AU", 2, 10, 69, 0.02),
    Country("TR", 1.6, 3, 60, 0.07),
    Country("ID", 1.5, 7, 70, 0.22),
    Country("AR", 1.3, -3, 65, 0.07),
    Country("CO", 1.2, -5, 64, 0.09),
    Country("ZA", 1.1, 2, 67, 0.12),
    Country("SE", 1, 1, 30, 0.01),
    Country("CH", 0.9, 1, 22, 0.01),
    Country("AT", 0.8, 1, 25, 0.01),
    Country("PT", 0.8, 0, 40, 0.03),
    Country("BE", 0.7, 1, 24, 0.01),
    Country("PH", 0.7, 8, 69, 0.20),
    Country("VN", 0.6, 7, 69, 0.12),
    Country("KR", 0.6, 9, 66, 0.01),
    Country("NG", 0.6, 1, 71, 0.30),
    Country("EG", 0.5, 2, 64, 0.18),
    Country("CL", 0.5, -4, 64, 0.05),
    Country("PE", 0.4, -5, 64, 0.10),
    Country("CZ", 0.4, 1, 29, 0.02),
    Country("DK", 0.4, 1, 27, 0.01),
    Country("NO", 0.35, 1, 33, 0.01),
    Country("FI", 0.35, 2, 36, 0.01),
    Country("GR", 0.3, 2, 48, 0.05),
    Country("KE", 0.3, 3, 70, 0.25),
    Country("TH", 0.3, 7, 68, 0.06),
    Country("NZ", 0.25, 12, 70, 0.02),
    Country("IE", 0.25, 0, 32, 0.02),
)

# Local hour of day -> activity, 1 at the busiest; offices and their patients.
HOURS = (
    0.04, 0.03, 0.02, 0.02, 0.03, 0.07, 0.18, 0.42, 0.78, 0.95, 1.00, 0.97,
    0.74, 0.80, 0.92, 0.93, 0.86, 0.70, 0.50, 0.38, 0.30, 0.22, 0.14, 0.08,
)  # fmt: skip
WEEKDAYS = (1.0, 1.0, 0.98, 0.96, 0.88, 0.34, 0.22)  # from Monday

DESKTOP = (
    ("Chrome 141", "Windows", 0.5),
    ("Edge 141", "Windows", 0.2),
    ("Safari 26", "Mac OS X", 0.16),
    ("Firefox 143", "Linux", 0.14),
)
MOBILE = (("Chrome Mobile 141", "Android", 0.58), ("Mobile Safari 26", "iOS", 0.42))
SILENT_ON_NETWORK = ("Safari", "Firefox")  # no navigator.connection

DAYS = 30
REPORTS_PER_DAY = 8_400  # about, in the mean
REPORTS = DAYS * REPORTS_PER_DAY
SEED = 7
SCREEN_APP, SCREEN_COUNTRY = "kiosk", "DE"  # of the screen of an emergency room, open at all hours
FIRST_RELEASE = "2.4.0"
SECOND_RELEASE = "2.4.1"
SECOND_RELEASE_BEFORE_END = timedelta(days=11)
ADOPTION = timedelta(hours=30)  # until most browsers have loaded the new release
SDK_VERSION = "2.0.0"
PERIOD = timedelta(seconds=60)  # one report stands for a minute, so that a month fits
ROOMS = ("reception", "treatment", "laboratory", "billing", "night shift")
