"""How both ends saw connections of the demo end: most agree, and the commonest do not because the
answer to a page's close did not come back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from models.both_ends import end_insert
from models.both_ends.connection_ends import RETENTION, BrowserEnd, ServerEnd
from models.database.engine import Database
from models.metrics.close_codes import BrowserBy, ServerBy

from . import world

HOUR = timedelta(hours=1)
AN_HOUR = 30  # connections of all apps, by day
LOST_MESSAGES = 0.08  # of connections that broke


class Way(NamedTuple):
    """A way of ending as each side tells it, its weight, and how much later the browser notices."""

    server: tuple[int, ServerBy]
    browser: tuple[int | None, BrowserBy]
    weight: float
    later_seconds: float = 0.0


WAYS = (
    Way((1000, "client"), (1000, "page"), 40),
    Way((1001, "client"), (None, "left"), 30),
    Way((1006, "nobody"), (1006, "nobody"), 9, 20),
    Way((1000, "client"), (1006, "nobody"), 6, 55),
    Way((1012, "server"), (1012, "server"), 4),
    Way((1006, "nobody"), (None, "left"), 4),
    Way((1012, "server"), (1006, "nobody"), 2),
    Way((1006, "nobody"), (1001, "server"), 1.5),
    Way((4002, "client"), (4002, "page"), 1.5),
    Way((1008, "server"), (1008, "server"), 1),
)
WEIGHTS = [way.weight for way in WAYS]


def ends(begin: datetime, end: datetime, seed: int) -> Iterator[list[BrowserEnd | ServerEnd]]:
    """The ends of connections by the hour, of the days that single ones are kept."""
    hour = max(begin, end - RETENTION).replace(minute=0, second=0, microsecond=0)
    while hour < end:
        rng = Random(f"{seed} {hour:%Y%m%d%H}")  # noqa: S311 - no secret
        number = round(AN_HOUR * (1.5 if 7 <= hour.hour < 20 else 0.5))
        yield [side for _ in range(number) for side in _connection(rng, hour)]
        hour += HOUR


def fill(database: Database, begin: datetime, end: datetime, seed: int) -> None:
    """Store them; those that are stored stay as they are."""
    for batch in ends(begin, end, seed):
        with database.transaction() as connection:
            end_insert.record(connection, batch)


def _connection(rng: Random, hour: datetime) -> Iterator[BrowserEnd | ServerEnd]:
    app = rng.choices(world.APPS, [each.share for each in world.APPS])[0]
    (way,) = rng.choices(WAYS, WEIGHTS)
    connection_id = UUID(int=rng.getrandbits(128), version=4)
    at = hour + HOUR * rng.random()
    open_ms = round(rng.lognormvariate(11.5, 1))
    sent, received = (round(rng.expovariate(3e4 / (open_ms + 1))) + 1 for _ in range(2))
    is_short = way.server[0] == 1006 and rng.random() < LOST_MESSAGES
    yield ServerEnd(
        app=app.name, connection_id=connection_id, server_ended_at=at, server_open_ms=open_ms,
        server_code=way.server[0], server_by=way.server[1],
        server_error=None, server_sent=received, server_received=sent - is_short, service="chat",
    )  # fmt: skip
    if rng.random() < 0.97:  # the others never reported
        later = timedelta(seconds=way.later_seconds * rng.random())
        yield BrowserEnd(
            app=app.name, connection_id=connection_id, browser_ended_at=at + later,
            browser_open_ms=open_ms + later // timedelta(milliseconds=1),
            browser_code=way.browser[0], browser_by=way.browser[1],
            browser_own_code=way.browser[0] if way.browser[1] == "page" else None,
            browser_sent=sent, browser_received=received,
            session_id=UUID(int=rng.getrandbits(128), version=4), endpoint=app.pages[0],
        )  # fmt: skip
