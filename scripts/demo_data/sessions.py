"""Draws sessions from the daily and weekly activity of each country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from . import world

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HOUR = 3600.0
LONGEST_MINUTES = 90
MEAN_OF = 20_000  # sessions per app, for the mean length


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


PLATFORMS: tuple[tuple[str, str, float], ...] = (*world.DESKTOP, *world.MOBILE)


def draw(
    rng: np.random.Generator, begin: datetime, hours: int, count: int, released: float
) -> Sessions:
    """`count` sessions starting in the `hours` after `begin`; the second release came out at
    `released`, in seconds since `begin`."""
    app = _choice(rng, [app.share for app in world.APPS], count)
    country, hour = _draw_country_and_hour(rng, begin, hours, count)
    start = (hour + rng.random(count)) * HOUR
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


def activity(begin: datetime, hours: int) -> float:
    """The sessions of the `hours` after `begin` relate to those of other hours as this does."""
    return sum(float(_hourly_activity(begin, hours, country).sum()) for country in world.COUNTRIES)


def mean_minutes() -> float:
    """The mean length of a session in reports."""
    rng = np.random.default_rng(0)
    return sum(
        app.share * float(_minutes(rng, np.full(MEAN_OF, app.minutes)).mean()) for app in world.APPS
    )


def _minutes(rng: np.random.Generator, typical: Floats) -> Ints:
    drawn = np.maximum(1, rng.lognormal(np.log(typical), 0.8)).astype(np.int64)
    return np.minimum(drawn, LONGEST_MINUTES)


def _draw_country_and_hour(
    rng: np.random.Generator, begin: datetime, hours: int, count: int
) -> tuple[Ints, Ints]:
    """Country and hour index of each session, drawn jointly because of the time zones."""
    weights = np.array([_hourly_activity(begin, hours, country) for country in world.COUNTRIES])
    cell = _choice(rng, weights.ravel(), count)
    return cell // hours, cell % hours


def _hourly_activity(begin: datetime, hours: int, country: world.Country) -> Floats:
    local = np.arange(hours) + begin.hour + begin.minute / 60 + country.utc_hours
    day = (begin.weekday() + np.floor(local / 24)).astype(np.int64) % 7
    busy = np.interp(local % 24, np.arange(25), [*world.HOURS, world.HOURS[0]])
    return np.asarray(country.share * busy * np.array(world.WEEKDAYS)[day])


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
