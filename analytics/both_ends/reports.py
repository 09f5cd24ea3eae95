"""Reads how both ends of connections saw them end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from analytics.ranges.timerange import TimeRange
from analytics.stats.summaries import share_of
from models.both_ends import end_reading
from models.both_ends.end_reading import EndCount, EndFilter
from models.database.engine import Database
from models.metrics.close_codes import NO_END

from .agreement import EndsVerdict, verdict_of
from .responses import BothEnds, ConnectionStories, EndingCount, story_of

MOST_LISTED, LISTED = 1000, 50
HOUR = timedelta(hours=1)
COMPARED = (EndsVerdict.AGREE, EndsVerdict.DISAGREE)


@dataclass(frozen=True, slots=True)
class BothEndsReports:
    """Every method raises `DatabaseAway`."""

    database: Database

    def counts(self, window: TimeRange, app: str | None) -> BothEnds:
        """Connections by their endings, in all hours that the range touches."""
        start = _hour(window.start)
        end = _hour(window.end - timedelta.resolution) + HOUR
        rows = end_reading.counts(self.database, start, end, app)
        return _summed(rows, start, end, {"app": app} if app else {})

    def connections(
        self,
        window: TimeRange,
        filters: dict[str, str],
        connection_id: UUID | None = None,
        limit: int | None = None,
    ) -> ConnectionStories:
        """The newest connections of `filters`: `app`, `server` and `browser` endings."""
        selected = EndFilter(**filters, id=connection_id)
        rows = end_reading.connections(
            self.database, window.start, window.end, selected, limit or LISTED
        )
        return ConnectionStories(
            start=window.start,
            end=window.end,
            filters=filters | ({"id": str(connection_id)} if connection_id else {}),
            connections=[story_of(row) for row in rows],
        )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _summed(
    rows: Sequence[EndCount], start: datetime, end: datetime, filters: dict[str, str]
) -> BothEnds:
    pairs, verdicts, alone = Counter[tuple[str, str]](), Counter[EndsVerdict](), Counter[str]()
    for row in rows:
        pairs[row.server, row.browser] += row.connections
    for (server, browser), number in pairs.items():
        verdicts[verdict_of(server, browser)] += number
        if browser == NO_END:
            alone["server"] += number
        elif server == NO_END:
            alone["browser"] += number
    compared = sum(verdicts[each] for each in COMPARED)
    return BothEnds(
        start=start,
        end=end,
        filters=filters,
        connections=pairs.total(),
        met=pairs.total() - alone.total(),
        only_server=alone["server"],
        only_browser=alone["browser"],
        not_comparable=verdicts[EndsVerdict.NOT_COMPARABLE],
        agree=share_of(verdicts[EndsVerdict.AGREE], compared, compared),
        endings=[
            EndingCount(server=s, browser=b, connections=number, verdict=verdict_of(s, b))
            for (s, b), number in pairs.most_common()
        ],
    )
