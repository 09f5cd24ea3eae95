"""The incidents of the demo data, so that one can check that they are detected.

| days before the end | what | where | how it shows |
|---|---|---|---|
| 24, 14:00 to 19:00 | handshakes are refused | United States | two in three attempts fail |
| 16, 10:00 to 13:00 | no reports arrive | kiosk | a gap, not zeros |
| 11 until 4 | release 2.4.1 drops connections | Safari on phones | twelve times the drops |
| 9, 14:00 to 18:30 | a slow route | Brazil | five times the round trip |
| 5, 15:18 to 15:22 | the server restarts | everywhere | all drop with 1012 and come back |
| 3, 09:00 to 10:30 | messages are rejected | portal | one message in six fails |

Hours are UTC of that day; an incident of hours that would be at a weekend is on the Friday before,
among enough people to be noticed.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Incident:
    """[start, end) in seconds since the begin, and what it affects (empty: all)."""

    name: str
    start: float
    end: float
    app: str = ""
    country: str = ""
    browser: str = ""


def incidents(begin: datetime, end: datetime) -> dict[str, Incident]:
    """The planted incidents of [begin, end), by name."""

    def seconds(days_before: int, clock: time) -> float:
        day = _working_day((end - timedelta(days=days_before)).date())
        return (datetime.combine(day, clock, end.tzinfo) - begin).total_seconds()

    def span(days_before: int, first: time, last: time) -> tuple[float, float]:
        return seconds(days_before, first), seconds(days_before, last)

    release = (end - timedelta(days=11) - begin).total_seconds()
    fixed = (end - timedelta(days=4) - begin).total_seconds()
    planted = (
        Incident("refused", *span(24, time(14), time(19)), country="US"),
        Incident("silent", *span(16, time(10), time(13)), app="kiosk"),
        Incident("dropping", release, fixed, app="mobile", browser="Mobile Safari 26"),
        Incident("slow", *span(9, time(14), time(18, 30)), country="BR"),
        Incident("restart", *span(5, time(15, 18), time(15, 22))),
        Incident("rejected", *span(3, time(9), time(10, 30)), app="portal"),
    )
    return {incident.name: incident for incident in planted}


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - FRIDAY))
