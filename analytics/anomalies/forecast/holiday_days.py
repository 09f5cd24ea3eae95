"""Public holidays of a country, by the library `holidays`, on which Prophet builds too."""

from datetime import date, timedelta

import holidays

FIRST = date(1970, 1, 1)


def holiday_days(country: str | None, first: date, last: date) -> tuple[int, ...]:
    """The holidays from `first` to `last`, both included, as days since 1970-01-01, ascending.

    Those of the whole country, with the days they are moved to when they fall on a weekend. None
    without a country, or for one whose holidays the library does not have.
    """
    years = range(first.year, last.year + 1)
    try:
        calendar = holidays.country_holidays(country or "", years=years)
    except NotImplementedError:  # how `holidays` says that it does not have a country
        return ()
    days = {(day - FIRST) // timedelta(days=1) for day in calendar if first <= day <= last}
    return tuple(sorted(days))
