"""The reader of series: any of the registry, over any range, from one snapshot of the store."""

from collections.abc import Mapping, Sequence

from analytics.query.series import Series, Source, series_of
from analytics.query.series_reader import ClientSeries, ServerSeries
from analytics.query.series_sums import drawn
from analytics.ranges.steps import MOST_POINTS, Step, step_within
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import History
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG, DIMENSIONS, SERVER_DIMENSIONS, Metric
from models.queries.report_queries import now, snapshot

SOURCE_DIMENSIONS = {Source.SERVER: SERVER_DIMENSIONS, Source.CLIENT: DIMENSIONS}
Filters = Mapping[str, str]


class HistoryReports:
    """Answers with series. `client` is the catalogue of what browsers report."""

    def __init__(self, database: Database, client: Sequence[Metric] = CATALOG) -> None:
        self._database = database
        self._metrics = {metric.key: metric for metric in client}
        self.registry = series_of(client)

    def history(
        self,
        window: TimeRange,
        names: Sequence[str],
        filters: Filters | None = None,
        points: int = MOST_POINTS,
        step: Step | None = None,
    ) -> History:
        """At most `points` points of each series; a filter applies where its source knows it.

        A `step` given is not gone below, so that two ranges can be laid over each other. Raises
        `KeyError` for a series that is not in the registry, and `DatabaseAway`.
        """
        chosen, asked = [self.registry[name] for name in names], filters or {}
        sources = {series.source for series in chosen}
        with snapshot(self._database) as connection:
            least = step.seconds if step else 0
            readings: list[ClientSeries | ServerSeries] = []
            if Source.SERVER in sources:
                readings.append(ServerSeries(connection, window, asked, least))
            if Source.CLIENT in sources:
                known = _known(asked, Source.CLIENT)
                readings.append(ClientSeries(connection, window, known, self._metrics, least))
            read = _read(window, readings)
            finest = max((reading.step.seconds for reading in readings), default=0)
            is_given = step is not None and step.seconds >= finest
            found = step if step and is_given else step_within(read, points, max(least, finest))
            sums = {
                reading.source: reading.sums(_of(chosen, reading.source), found)
                for reading in readings
            }
            return History(
                window=read,
                step=found,
                data_as_of=min(r.data_as_of() for r in readings) if readings else now(connection),
                filters=asked,
                filtered={series.name: sorted(_known(asked, series.source)) for series in chosen},
                drawn={series.name: drawn(series, sums[series.source]) for series in chosen},
                note=" ".join(reading.note for reading in readings if reading.note),
            )


def _of(chosen: Sequence[Series], source: Source) -> list[Series]:
    return [series for series in chosen if series.source is source]


def _read(window: TimeRange, readings: Sequence[ClientSeries | ServerSeries]) -> TimeRange:
    """What is read of all: perhaps widened to whole hours."""
    windows = [window, *(reading.window for reading in readings)]
    return TimeRange(min(w.start for w in windows), max(w.end for w in windows))


def _known(asked: Filters, source: Source) -> Filters:
    """The filters that this source knows."""
    return {name: value for name, value in asked.items() if name in SOURCE_DIMENSIONS[source]}
