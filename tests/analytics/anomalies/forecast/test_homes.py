"""The zone and the country of an app's people."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from analytics.anomalies.forecast.holiday_days import holiday_days
from analytics.anomalies.forecast.homes import MOST_PEOPLE, Home, home_of
from analytics.geo.countries import countries

UNINHABITED = {"BV", "HM"}


def test_the_busiest_country_says_the_zone() -> None:
    sessions = {"unknown": 90.0, "other": 80.0, "DE": 30.0, "BR": 31.0}
    assert home_of("shop", (), sessions) == Home("America/Sao_Paulo", "BR")


def test_equal_countries_do_not_change_places() -> None:
    assert home_of("shop", (), {"FR": 5.0, "DE": 5.0}).country == "DE"


@pytest.mark.parametrize("sessions", [{}, {"unknown": 4.0}, {"DE": 0.0}])
def test_without_a_country_it_is_utc(sessions: dict[str, float]) -> None:
    assert home_of("shop", (), sessions) == Home("UTC", None)


def test_the_setting_comes_first_and_the_country_of_its_zone_last() -> None:
    zones = (("shop", "Asia/Kolkata"), ("*", "Europe/Berlin"))
    assert home_of("shop", zones, {"US": 3.0}) == Home("Asia/Kolkata", "US")
    assert home_of("shop", zones, {}) == Home("Asia/Kolkata", "IN")
    assert home_of("blog", zones, {}) == Home("Europe/Berlin", "DE")


def test_every_country_with_people_has_a_zone_that_exists() -> None:
    homes = {code: home_of("shop", (), {code: 1.0}) for code in countries()}
    assert {code for code, home in homes.items() if home.zone == "UTC"} == UNINHABITED
    assert all(ZoneInfo(home.zone) for home in homes.values())
    assert MOST_PEOPLE.keys() <= countries().keys()


def test_holidays_are_days_since_1970() -> None:
    first, last = date(2026, 10, 1), date(2027, 1, 1)
    expected = [date(2026, 10, 3), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)]
    assert holiday_days("DE", first, last) == tuple(
        (day - date(1970, 1, 1)).days for day in expected
    )


@pytest.mark.parametrize("country", [None, "BV", "unknown"])
def test_no_country_no_holidays(country: str | None) -> None:
    assert holiday_days(country, date(2026, 1, 1), date(2026, 12, 31)) == ()


def test_every_country_can_be_looked_up() -> None:
    number = sum(bool(holiday_days(c, date(2026, 1, 1), date(2026, 12, 31))) for c in countries())
    assert number > 240
