"""The server samples of the demo: per app every 5 minutes, and every 5 seconds of the last half
hour; per worker every 15 minutes until the last day, then as per app.

They contain the incidents a server would notice: the restart, the silent kiosk, the rejected
messages, the slow route.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from models.metrics.server_catalogue import OWN_SERVICE
from models.raw.server_samples import Histogram, ServerSample

from . import world
from .histograms import histogram
from .incidents import Incident, incidents
from .measurements import REJECTED
from .server_workers import workers

STEP, LAST_STEP = timedelta(minutes=5), timedelta(seconds=5)
FINE = timedelta(minutes=30)
OLD_STEP = timedelta(minutes=15)  # step of worker samples until the last day
BUSIEST = 70  # connections at the peak, over all apps; the simulated ones go on with them
MESSAGES_PER_MINUTE = 3.0  # received, of one connection
FAN_OUT = 2.4
REFUSED, LOST = 0.0008, 0.03  # of messages, of closes
PINGS_PER_MINUTE = 60 / 25
DRAWN_DURATIONS = 120  # most durations drawn per histogram; each is counted n // drawn times


def samples(begin: datetime, end: datetime, until: datetime, seed: int) -> Iterator[ServerSample]:
    """The samples of [begin, end) in order of time, with the incidents of a history until `until`;
    the same for the same arguments."""
    rng = np.random.default_rng([seed, int(begin.timestamp())])
    origin = until - timedelta(days=world.DAYS)
    planted = incidents(origin, until)
    at = begin
    while at < end:
        step = min(STEP if at < end - FINE else LAST_STEP, end - at)
        at += step
        seconds, busy = (at - origin).total_seconds(), activity(at)
        for app in world.APPS:
            if not _is_silent(planted["silent"], app.name, seconds):
                yield _sample(
                    rng,
                    app,
                    at,
                    step,
                    busy=busy,
                    active_incidents=_active_incidents(planted, app, seconds),
                )
        worker_step = step if at > end - timedelta(days=1) else OLD_STEP
        if (at - begin) % worker_step < step:
            yield from workers(rng, planted, at, worker_step, busy=busy, seconds=seconds)


def activity(at: datetime) -> float:
    """The activity over all countries, at most 1."""
    total_share = sum(country.share for country in world.COUNTRIES)
    busy = 0.0
    for country in world.COUNTRIES:
        local = at + timedelta(hours=country.utc_hours)
        busy += country.share * world.HOURS[local.hour] * world.WEEKDAYS[local.weekday()]
    return busy / total_share


def usual_connections(app: world.App, busy: float) -> float:
    """The mean number of open connections of an app; `busy` is the activity (0..1)."""
    return BUSIEST * app.share * busy + (app.name == world.SCREEN_APP)


def _sample(
    rng: np.random.Generator,
    app: world.App,
    at: datetime,
    step: timedelta,
    *,
    busy: float,
    active_incidents: set[str],
) -> ServerSample:
    active = int(rng.poisson(usual_connections(app, busy)))
    minutes = step.total_seconds() / 60
    closes = int(rng.poisson(active * minutes / app.minutes))
    received = int(rng.poisson(active * minutes * MESSAGES_PER_MINUTE))
    sent = round(received * FAN_OUT)
    refused = REJECTED if "rejected" in active_incidents else REFUSED
    restarted = "restart" in active_incidents
    slow = 1.35 if "slow" in active_incidents else 1.0
    lost = int(rng.binomial(closes, LOST))
    closed = {"1000/client": closes - lost, "1006/nobody": lost}
    if restarted:
        closed["1012/server"] = active
    rooms = [
        (room, active // 7 + rank, received // (rank + 3)) for rank, room in enumerate(world.ROOMS)
    ]
    return ServerSample(
        sample_id=UUID(bytes=rng.bytes(16), version=4),
        period_start=at - step,
        period_end=at,
        received_at=at,
        service=OWN_SERVICE,
        instance="demo",
        app=app.name,
        active=active,
        anonymous=active,
        opened=closes + (active if restarted else 0),
        closed={code: number for code, number in closed.items() if number},
        sent=sent,
        received=received,
        bytes_sent=sent * 420,
        bytes_received=received * 180,
        by_type={"message": (sent, received)},
        errors={"not-json": int(rng.binomial(received, refused))},
        rooms=_occupied(active),
        members=active,
        top_rooms=rooms,
        latency=_durations(rng, round(active * minutes * PINGS_PER_MINUTE), 34 * slow, 0.55),
        processing=_durations(rng, received, 0.25, 0.5),
        broadcast=_durations(rng, received, 0.5, 0.6),
        duration=_durations(rng, closes, app.minutes * 60_000, 0.9),
    )


def _occupied(members: int) -> int:
    """How many rooms so many members are in, each in one at random: the expected number."""
    rooms = len(world.ROOMS)
    return round(rooms * (1 - (1 - 1 / rooms) ** members))


def _durations(rng: np.random.Generator, n: int, median_ms: float, spread: float) -> Histogram:
    """A histogram of about `n` durations: a few drawn values with equal weight."""
    drawn = min(n, DRAWN_DURATIONS)
    if not drawn:
        return Histogram()
    return histogram(median_ms * rng.lognormal(0, spread, drawn), n // drawn)


def _active_incidents(planted: dict[str, Incident], app: world.App, seconds: float) -> set[str]:
    """The names of the incidents that affect this app now."""
    return {
        name
        for name, incident in planted.items()
        if _is_on(incident, seconds) and incident.app in ("", app.name)
    }


def _is_on(incident: Incident, seconds: float) -> bool:
    return incident.start <= seconds < incident.end


def _is_silent(incident: Incident, app: str, seconds: float) -> bool:
    return incident.app == app and _is_on(incident, seconds)
