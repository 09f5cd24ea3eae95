"""Draws sessions from the daily and weekly activity of each country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from . import world

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HOUR, HOURS = 3600.0, 24
LONGEST_MINUTES = 90  # of people
MEAN_OF = 20_000  # sessions per app, for the mean length
SHIFTS, SHIFT_MINUTES = (5, 13, 21), 480  # UTC; with each a screen loads its page anew


@dataclass(frozen=True, slots=True)
class Sessions:
    """Columns of equal length: `start` in seconds since the begin, indices into `world`."""

    start: Floats
    app: Ints
    country: Ints
    platform: Ints
    on_3g: NDArray[np.bool_]
    page: Ints
    minutes: Ints
    second_release: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the world is: `sessions` per unit of activity, and its screens."""

    sessions: float
    screens: int


PLATFORMS: tuple[tuple[str, str, float], ...] = (*world.DESKTOP, *world.MOBILE)


def draw(rng: np.random.Generator, day: datetime, scale: Scale, released: float) -> Sessions:
    """The sessions that start in the 24 hours after midnight of `day`, UTC: those of people, then
    those of the screens. The second release came out at `released`, in seconds since `day`."""
    people = _draw_people(rng, day, scale, released)
    screens = _draw_screens(scale.screens, released)
    return Sessions(
        *(
            np.concatenate([getattr(people, name), getattr(screens, name)])
            for name in Sessions.__slots__
        )
    )


def scale_of(count: int) -> Scale:
    """The scale at which `world.DAYS` have about `count` reports."""
    screens = count // (world.REPORTS_PER_DAY * world.DAYS)
    of_screens = screens * len(SHIFTS) * SHIFT_MINUTES * world.DAYS
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    week = sum(float(_activity(monday + timedelta(days=n)).sum()) for n in range(7))
    minutes = week * world.DAYS / 7 * _mean_minutes()
    return Scale((count - of_screens) / minutes, screens)


def _draw_people(
    rng: np.random.Generator, day: datetime, scale: Scale, released: float
) -> Sessions:
    activity = _activity(day)
    count = int(rng.poisson(scale.sessions * activity.sum()))
    app = _choice(rng, [app.share for app in world.APPS], count)
    cell = _choice(rng, activity.ravel(), count)
    country, hour = cell // HOURS, cell % HOURS
    start = np.floor((hour + rng.random(count)) * HOUR * 1000) / 1000  # as precise as reports
    mobile = rng.random(count) < np.array([app.on_mobile for app in world.APPS])[app]
    typical = np.array([app.minutes for app in world.APPS])[app]
    on_3g = np.array([country_profile.on_3g for country_profile in world.COUNTRIES])
    pages = np.array([len(app.pages) for app in world.APPS])[app]
    return Sessions(
        start=start,
        app=app,
        country=country,
        platform=_platforms(rng, mobile),
        on_3g=mobile & (rng.random(count) < 2 * on_3g[country]),
        page=(rng.random(count) ** 1.6 * pages).astype(np.int64),
        minutes=_minutes(rng, typical),
        second_release=_on_second_release(rng, start, released),
    )


def _draw_screens(number: int, released: float) -> Sessions:
    """Those of each screen follow each other without a gap."""
    apps, countries = [app.name for app in world.APPS], [each.code for each in world.COUNTRIES]
    start = np.repeat(np.array(SHIFTS, dtype=np.float64) * HOUR, number)
    zeros = np.zeros(len(start), dtype=np.int64)
    return Sessions(
        start=start,
        app=zeros + apps.index(world.SCREEN_APP),
        country=zeros + countries.index(world.SCREEN_COUNTRY),
        platform=zeros,
        on_3g=zeros > 0,
        page=zeros,
        minutes=zeros + SHIFT_MINUTES,
        second_release=start > released,
    )


def _activity(day: datetime) -> Floats:
    """The activity of each country in each hour of a day; shape (countries, hours)."""
    return np.array([_hourly_activity(day, country) for country in world.COUNTRIES])


def _hourly_activity(day: datetime, country: world.Country) -> Floats:
    local = np.arange(HOURS) + country.utc_hours
    weekday = (day.weekday() + np.floor(local / 24)).astype(np.int64) % 7
    busy = np.interp(local % 24, np.arange(25), [*world.HOURS, world.HOURS[0]])
    return np.asarray(country.share * busy * np.array(world.WEEKDAYS)[weekday])


def _mean_minutes() -> float:
    """The mean length of a session of people, in reports."""
    rng = np.random.default_rng(0)
    total = sum(app.share for app in world.APPS)
    return sum(
        app.share / total * float(_minutes(rng, np.full(MEAN_OF, app.minutes)).mean())
        for app in world.APPS
    )


def _minutes(rng: np.random.Generator, typical: Floats) -> Ints:
    drawn = np.maximum(1, rng.lognormal(np.log(typical), 0.8)).astype(np.int64)
    return np.minimum(drawn, LONGEST_MINUTES)


def _platforms(rng: np.random.Generator, mobile: NDArray[np.bool_]) -> Ints:
    desktop = _choice(rng, [share for *_, share in world.DESKTOP], len(mobile))
    phone = _choice(rng, [share for *_, share in world.MOBILE], len(mobile)) + len(world.DESKTOP)
    return np.where(mobile, phone, desktop)


def _on_second_release(
    rng: np.random.Generator, start: Floats, released: float
) -> NDArray[np.bool_]:
    """Whether each session has loaded the second release: exponential adoption after it."""
    since = start - released
    share = np.where(since < 0, 0.0, 1 - np.exp(-2 * since / world.ADOPTION.total_seconds()))
    return np.asarray(rng.random(len(start)) < share)


def _choice(rng: np.random.Generator, weights: Sequence[float] | Floats, count: int) -> Ints:
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(steps, rng.random(count) * steps[-1], side="right")
    return np.asarray(drawn, dtype=np.int64)
