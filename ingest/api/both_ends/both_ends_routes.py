"""`/api/ws/connections`: how connections ended for their server and for their browser."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from analytics.both_ends.reports import LISTED, MOST_LISTED
from analytics.both_ends.responses import BothEnds, ConnectionStories, ConnectionStory
from analytics.formatting.csv_text import Cell
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest.http import parameters
from ingest.http.parameters import Arguments
from ingest.http.problems import Unprocessable
from ingest.routing.inputs import VALUE, WINDOW, number, parameter, text, texts
from ingest.routing.route import Input, ResponseSpec, Route, Schema, Table
from ingest.routing.series_table import ranged_name

TAG = "Connections"
COUNTS = "/api/ws/connections"
STORIES = f"{COUNTS}/ended"
ENDING = r"^([1-4][0-9]{3}(/(client|page|server|proxy|nobody))?|unknown|left|none)$"
_ending = re.compile(ENDING[1:-1], re.ASCII)
OF_APP = text("app", "App: this value only.")
HEADER = (
    *("id", "app", "ended_at", "verdict", "server_ending", "browser_ending", "sentence"),
    *(f"server_{name}" for name in ("ended_at", "open_ms", "sent", "received", "error")),
    "service",
    *(f"browser_{name}" for name in ("ended_at", "open_ms", "own_code", "sent", "received")),
    *("session_id", "endpoint"),
)


def _of_ending(side: str) -> Schema:
    described = f"How the {side} saw the end: `1006/nobody`, `1000/client`, `unknown`, `none`."
    return parameter(side, described, {"type": "string", "pattern": ENDING})


_FILTERS = texts("filters", (parameter("app", "App: this value only.", VALUE),
                             _of_ending("server"), _of_ending("browser")))  # fmt: skip


def _filters_of(arguments: Arguments, now: Callable[[], datetime]) -> object:
    for side in ("server", "browser"):
        value = parameters.text_of(arguments, side)
        if value is not None and not _ending.fullmatch(value):
            raise Unprocessable("Give an ending such as 1006/nobody.", field=side)
    return _FILTERS.read(arguments, now)


def _id_of(arguments: Arguments, _now: Callable[[], datetime]) -> UUID | None:
    value = parameters.text_of(arguments, "id")
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise Unprocessable("Give the UUID of a connection.", field="id") from None


FILTERS = Input("filters", _FILTERS.parameters, _filters_of)
ID = Input(
    "connection_id",
    (parameter("id", "The connection of this id.", {"type": "string", "format": "uuid"}),),
    _id_of,
)
LIMIT = number("limit", f"How many at most; default {LISTED}.", MOST_LISTED)


def connections(services: Services, window: TimeRange, app: str | None) -> BothEnds:
    """`GET /api/ws/connections`."""
    return services.both_ends.counts(window, app)


def ended(
    services: Services,
    window: TimeRange,
    filters: dict[str, str],
    connection_id: UUID | None,
    limit: int | None,
) -> ConnectionStories:
    """`GET /api/ws/connections/ended`."""
    return services.both_ends.connections(window, filters, connection_id, limit)


def counts_table(counts: BothEnds) -> Table:
    """A row for each pair of endings."""
    return Table(
        name=ranged_name("connections", counts.start, counts.end),
        header=("server", "browser", "connections", "verdict"),
        rows=[[e.server, e.browser, e.connections, e.verdict] for e in counts.endings],
    )


def stories_table(stories: ConnectionStories) -> Table:
    """A row for each connection."""
    return Table(
        name=ranged_name("connections-ended", stories.start, stories.end),
        header=HEADER,
        rows=[_cells(story) for story in stories.connections],
    )


def _cells(story: ConnectionStory) -> Sequence[Cell]:
    server, browser = story.server, story.browser
    of_server: Sequence[Cell] = [None] * 6
    of_browser: Sequence[Cell] = [None] * 7
    if server is not None:
        of_server = [server.ended_at, server.open_ms, server.sent, server.received, server.error,
                     server.service]  # fmt: skip
    if browser is not None:
        of_browser = [browser.ended_at, browser.open_ms, browser.own_code, browser.sent,
                      browser.received, str(browser.session_id), browser.endpoint]  # fmt: skip
    ends = story.server_ending, story.browser_ending
    own: Sequence[Cell] = [str(story.id), story.app, story.ended_at, story.verdict, *ends]
    return [*own, story.sentence, *of_server, *of_browser]


ROUTES = (
    Route(
        method="GET",
        path=COUNTS,
        name="connections",
        tag=TAG,
        summary="Get how connections ended at both ends",
        description="Connections that their browser gave an id (`correlate` of the monitor), by "
        "how their server and their browser saw them end, in all full hours that the range "
        "touches. An ending is the close code and who closed first. Both agree when they read the "
        "same code; a page that was left read none, which agrees with all but the server's own "
        "close. Hours in which no server of an app told an end are not counted.",
        inputs=(WINDOW, OF_APP),
        view=connections,
        response=ResponseSpec(
            text="The counts; as CSV a row for each pair of endings.",
            kind=BothEnds,
            as_csv=counts_table,
        ),
    ),
    Route(
        method="GET",
        path=STORIES,
        name="connections_ended",
        tag=TAG,
        summary="Get single connections as both ends saw them",
        description="The newest first. They are kept for 7 days.",
        inputs=(WINDOW, FILTERS, ID, LIMIT),
        view=ended,
        response=ResponseSpec(
            text="Connections; as CSV a row for each.", kind=ConnectionStories, as_csv=stories_table
        ),
    ),
)
