"""What people of the demo experience: page loads, paints, layout shifts, and what they click.

Two relations are planted, so that one can check what is made of them:

| what one sees | where | what is behind it |
|---|---|---|
| people interact less after a drop | portal | the drop: from then on by `AFTER_DROP` |
| slow round trips go with slow pages | everywhere | the country is far for both |

Within a country round trips and pages have nothing to do with each other. In the
other apps a drop changes nothing that people do.
"""

from dataclasses import dataclass

import numpy as np

from . import world
from .measurements import Measurements, ReportTimes
from .sessions import PLATFORMS, Floats, Ints, Sessions

DISHEARTENED_APP = "portal"
AFTER_DROP = 0.5
INTERACTIONS = 14  # a minute
PAGE_MS, PAGE_ROUND_TRIPS = 900, 12  # of the typical round trip of the country
SILENCE_MS, LONGEST_SILENCE_MS = 6_000, 60_000


@dataclass(frozen=True, slots=True)
class Experience:
    """Columns of equal length, one value per report; those of the page as a whole stand in the
    first report of a session, the delay of interactions in its last."""

    page_load_ms: Floats
    lcp_ms: Floats
    cls: Floats
    inp_ms: Floats
    longest_silence_ms: Floats
    interactions: Ints


def draw(
    rng: np.random.Generator, sessions: Sessions, times: ReportTimes, measured: Measurements
) -> Experience:
    """Draw what people experience; drops are those of `measured`."""
    count = len(times.session)
    far = np.array([country.round_trip_ms for country in world.COUNTRIES])
    typical = far[sessions.country[times.session]]
    load = rng.lognormal(np.log(PAGE_MS), 0.35, count) + PAGE_ROUND_TRIPS * typical
    on_phone = np.array([system in ("Android", "iOS") for _, system, _ in PLATFORMS])
    delay = np.where(on_phone[sessions.platform[times.session]], 140, 70)
    silence = rng.lognormal(np.log(SILENCE_MS), 0.4, count)
    eagerness = rng.lognormal(0, 0.25, len(sessions.start))[times.session]
    spirits = np.where(_is_disheartened(sessions, times, measured.drops), AFTER_DROP, 1.0)
    return Experience(
        page_load_ms=load,
        lcp_ms=load * rng.lognormal(0.1, 0.15, count),
        cls=np.round(rng.beta(1, 14, count), 4),
        inp_ms=delay * rng.lognormal(0, 0.5, count),
        longest_silence_ms=np.minimum(silence, LONGEST_SILENCE_MS),
        interactions=rng.poisson(INTERACTIONS * eagerness * spirits),
    )


def _is_disheartened(sessions: Sessions, times: ReportTimes, drops: Ints) -> Floats:
    """Whether drops matter in the app of a report, and its session had its first by then."""
    apps = [app.name for app in world.APPS]
    never = np.iinfo(np.int64).max
    first = np.full(len(sessions.start), never)
    np.minimum.at(first, times.session[drops > 0], times.minute[drops > 0])
    is_there = sessions.app[times.session] == apps.index(DISHEARTENED_APP)
    return np.asarray(is_there & (times.minute >= first[times.session]))
