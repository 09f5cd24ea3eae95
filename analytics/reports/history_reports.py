"""Reads any series of the registry over any range, in one snapshot."""

from collections.abc import Mapping, Sequence

from analytics.query.series import Series, SeriesSource, series_of
from analytics.query.series_reader import ClientSeriesReader, ServerSeriesReader
from analytics.query.series_sums import compute_series
from analytics.ranges.steps import MOST_POINTS, Step, step_within
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import History
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG, Metric
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS
from models.queries.report_queries import now, snapshot

SOURCE_DIMENSIONS = {SeriesSource.SERVER: SERVER_DIMENSIONS, SeriesSource.CLIENT: DIMENSIONS}
FilterValues = Mapping[str, str]


class HistoryReports:
    """Reads series. `client` is the catalogue of client metrics."""

    def __init__(self, database: Database, client: Sequence[Metric] = CATALOG) -> None:
        self._database = database
        self._metrics = {metric.key: metric for metric in client}
        self.registry = series_of(client)

    def history(
        self,
        window: TimeRange,
        names: Sequence[str],
        filters: FilterValues | None = None,
        points: int = MOST_POINTS,
        step: Step | None = None,
    ) -> History:
        """At most `points` points of each series; a filter applies to the sources that have it.

        With `step` no finer step is used, so that two ranges can be overlaid. Raises `KeyError`
        for a series that is not in the registry, and `DatabaseAway`.
        """
        series_list, active_filters = [self.registry[name] for name in names], filters or {}
        sources = {series.source for series in series_list}
        with snapshot(self._database) as connection:
            least_seconds = step.seconds if step else 0
            readers: list[ClientSeriesReader | ServerSeriesReader] = []
            if SeriesSource.SERVER in sources:
                readers.append(
                    ServerSeriesReader(connection, window, active_filters, least_seconds)
                )
            if SeriesSource.CLIENT in sources:
                client_filters = _applicable(active_filters, SeriesSource.CLIENT)
                readers.append(
                    ClientSeriesReader(
                        connection, window, client_filters, self._metrics, least_seconds
                    )
                )
            covered = _covering(window, readers)
            finest = max((reader.step.seconds for reader in readers), default=0)
            fits = step is not None and step.seconds >= finest
            resolved_step = (
                step if step and fits else step_within(covered, points, max(least_seconds, finest))
            )
            sums = {
                reader.source: reader.sums(_of_source(series_list, reader.source), resolved_step)
                for reader in readers
            }
            return History(
                window=covered,
                step=resolved_step,
                data_as_of=min(r.data_as_of() for r in readers) if readers else now(connection),
                filters=active_filters,
                filtered={
                    series.name: sorted(_applicable(active_filters, series.source))
                    for series in series_list
                },
                series={
                    series.name: compute_series(series, sums[series.source])
                    for series in series_list
                },
                note=" ".join(reader.note for reader in readers if reader.note),
            )


def _of_source(series_list: Sequence[Series], source: SeriesSource) -> list[Series]:
    return [series for series in series_list if series.source is source]


def _covering(
    window: TimeRange, readers: Sequence[ClientSeriesReader | ServerSeriesReader]
) -> TimeRange:
    """The smallest range that contains what all readers read."""
    windows = [window, *(reader.window for reader in readers)]
    return TimeRange(min(w.start for w in windows), max(w.end for w in windows))


def _applicable(filters: FilterValues, source: SeriesSource) -> FilterValues:
    """The filters whose dimension this source has."""
    return {name: value for name, value in filters.items() if name in SOURCE_DIMENSIONS[source]}
