"""Reads baselines, and compares ranges with them; for the API and the pages alike."""

from dataclasses import dataclass

import numpy as np

from analytics.alerting.rules.rule import Source
from analytics.baselines import cells, comparing, reading
from analytics.baselines.answers import (
    BaselineComparison,
    BaselineListResponse,
    BaselineResponse,
    baseline_response,
    measure_comparison,
)
from analytics.baselines.common_hours import common_hours
from analytics.baselines.limits import LONGEST_RANGE, BaselineFault
from analytics.baselines.measures import measures_of
from analytics.baselines.reading import HourlyFigures
from analytics.query.engine import Engine
from analytics.ranges.timerange import TimeRange
from analytics.stats.session_moments import unpacked
from models.baselines import baselines as stored_baselines
from models.baselines.baselines import MOST_BASELINES, Baselines, PackedFigures, StoredBaseline
from models.database.engine import Database
from models.queries.snapshot import now, snapshot


class NoSuchBaseline(LookupError):
    """No baseline has this id; the text says so."""


@dataclass(frozen=True, slots=True)
class BaselineReports:
    """Queries about baselines. Every method raises `DatabaseAway`."""

    database: Database

    def all(self) -> BaselineListResponse:
        """All baselines, the newest first."""
        stored = Baselines(self.database).all()
        return BaselineListResponse(
            baselines=[baseline_response(each) for each in stored], most=MOST_BASELINES
        )

    def baseline(self, baseline_id: int) -> BaselineResponse:
        """A baseline. Raises `NoSuchBaseline`."""
        stored = Baselines(self.database).find(baseline_id)
        if stored is None:
            raise NoSuchBaseline(f"There is no baseline {baseline_id}.")
        return baseline_response(stored)

    def comparison(self, baseline_id: int, window: TimeRange) -> BaselineComparison:
        """`window` beside a baseline, in one snapshot. Raises `NoSuchBaseline`, `BaselineFault`
        for a range that is too long, and `UnreadableCells`."""
        if window.length > LONGEST_RANGE:
            raise BaselineFault("start", f"the range must not exceed {LONGEST_RANGE.days} days")
        with snapshot(self.database) as connection:
            stored = stored_baselines.with_figures(connection, baseline_id)
            if stored is None:
                raise NoSuchBaseline(f"There is no baseline {baseline_id}.")
            baseline, figures = stored
            source: Source = "client" if baseline.source == "client" else "server"
            before = _unpacked(source, baseline, figures)
            own = reading.read(
                Engine(connection, window), window, source, baseline.filters, baseline.zone
            )
            at = now(connection)
        rows = comparing.differences(measures_of(source), own, before)
        return BaselineComparison(
            baseline=baseline_response(baseline),
            start=own.start,
            end=own.end,
            data_as_of=at,
            hours_of_day=list(common_hours(own, before)),
            measures=[measure_comparison(row) for row in rows],
        )


def _unpacked(source: Source, baseline: StoredBaseline, figures: PackedFigures) -> HourlyFigures:
    return HourlyFigures(
        source=source,
        start=baseline.starts_at,
        end=baseline.ends_at,
        arrays=cells.unpacked_cells(figures.cells, baseline.starts_at),
        moments=unpacked([figures.moments], np.zeros(1, dtype=np.int64), 1)[0],
        zone=baseline.zone,
        not_counted={},
    )
