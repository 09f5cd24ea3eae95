"""Fits the bands of one portion of series to their history; judges the past of those that are new.

The past is judged day by day, each with what was fitted to the days before, so its verdicts are
those that would have been written at the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.anomalies.detection.replay import HISTORY_DAYS
from analytics.anomalies.forecast.expectations import Fitter
from analytics.anomalies.forecast.holiday_days import holiday_days
from analytics.anomalies.forecast.homes import Home, home_of
from analytics.anomalies.judging import completeness, incident_round
from analytics.anomalies.judging.outcome import FILLED, ahead_columns, faults_text, filled, fits_of
from analytics.anomalies.judging.past import PortionHistory, SeriesResult, fitted
from analytics.anomalies.series import listing, reading
from analytics.anomalies.series.catalogue import is_server_wide
from analytics.anomalies.series.reading import SeriesArrays
from analytics.query.query import SeriesSource
from analytics.query.read_plan import DAY, floor_to
from analytics.ranges.app_zones import AppZones
from analytics.ranges.timerange import TimeRange
from models.anomalies import feedback, series, steps
from models.anomalies.series import AnomalySeries
from models.database.engine import Connection, Database
from models.metrics.anomalies.series_key import STEP_SECONDS
from models.metrics.intervals import Interval
from models.queries import load_test_windows
from models.queries.snapshot import snapshot

HOME_OVER = timedelta(days=28)
HOLIDAYS_AHEAD = timedelta(days=14)
BEHIND = timedelta(hours=2)  # judged steps may lag behind complete ones
Confirm = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Fitting:
    """Raises `DatabaseAway`, and what `confirm` raises in a transaction that writes."""

    database: Database
    now: datetime
    confirm: Confirm
    zones: AppZones
    raw_days: int
    fitter: Fitter

    def fit(self, portion: Sequence[AnomalySeries]) -> str:
        """Fit series of one source and app with steps of one length; returns a summary."""
        history = self._history(portion)
        if history is None:
            return "waits for steps to be judged"
        results = fitted(history, self.fitter)
        self._write(portion, history, results)
        key, new = portion[0].key, sum(is_new(each, self.now) for each in portion)
        faults = faults_text(each.expectation for each in results)
        return f"{key.source} {key.app}: {len(portion)} series fitted, {new} of them new{faults}"

    def _history(self, portion: Sequence[AnomalySeries]) -> PortionHistory | None:
        first, ids = portion[0], [each.id for each in portion]
        source, app = SeriesSource(first.key.source), first.key.app
        with snapshot(self.database) as connection:
            until = completeness.complete_until(connection, source, self.now, first.step_seconds)
            if any(_is_behind(each, until, self.now) for each in portion):
                return None
            grid = reading.grid_between(
                self._start(until, first.step_seconds), until, first.step_seconds
            )
            arrays = reading.read_all(
                connection, source, grid, is_of_app=first.key.is_of_app, app=app
            ).select([each.key for each in portion])
            home = self._home(connection, app)
            windows = feedback.expected_windows(connection, ids, grid.start)
            tests = load_test_windows.between(connection, grid.start, until)
        holidays = holiday_days(home.country, grid.start.date(), (until + HOLIDAYS_AHEAD).date())
        own = arrays.from_first_day()
        left_out = [
            [*windows.get(each.id, []), *(tests if is_server_wide(each.key) else [])]
            for each in portion
        ]
        without = without_windows(own, left_out)
        return PortionHistory(without, first.step_seconds, home.zone, holidays)

    def _start(self, until: datetime, step_seconds: int) -> datetime:
        """Steps of minutes are there as long as raw rows."""
        days = HISTORY_DAYS if step_seconds != STEP_SECONDS else min(HISTORY_DAYS, self.raw_days)
        return floor_to(until - timedelta(days=days), DAY)

    def _home(self, connection: Connection, app: str) -> Home:
        window = TimeRange(self.now - HOME_OVER, self.now)
        by_country = listing.totals(
            connection, SeriesSource.CLIENT, window, group_by=("country",), app=app
        )
        return home_of(app, self.zones, {value: n for (value,), n in by_country.items()})

    def _write(
        self, portion: Sequence[AnomalySeries], history: PortionHistory,
        results: Sequence[SeriesResult],
    ) -> None:  # fmt: skip
        """Steps of the past first, in transactions of their own: until the last one says how far
        the series are judged, a repetition writes the same. Steps before series, as a round that
        judges new steps meanwhile: each would else wait for the other."""
        new = [row for row, each in enumerate(portion) if is_new(each, self.now)]
        fill = filled([portion[row].id for row in new], new, history, results) if new else None
        for rows in fill.portions() if fill else ():
            with self.database.transaction() as connection:
                self.confirm(connection)
                steps.store(connection, rows)
        ids = [each.id for each in portion]
        with self.database.transaction() as connection:
            self.confirm(connection)
            steps.store_ahead(connection, ahead_columns(ids, history, results))
            series.store_fits(connection, fits_of(ids, history, results, self.now))
            if fill:
                series.store_progress(connection, fill.progress)
                incident_round.write(connection, fill.app, fill.changed, self.now)


def is_new(each: AnomalySeries, now: datetime) -> bool:
    """Whether its past is to be judged: it never was, or so long ago that nothing joins it."""
    return each.judged_until is None or each.judged_until < now - FILLED


def _is_behind(each: AnomalySeries, until: datetime, now: datetime) -> bool:
    """Whether steps that a fit would see are still to be judged."""
    since = each.judged_until
    return since is not None and not is_new(each, now) and since < until - BEHIND


def without_windows(arrays: SeriesArrays, windows: Sequence[Sequence[Interval]]) -> SeriesArrays:
    """Without the values of windows that people called expected, or of load tests, by series."""
    values, seconds = arrays.values.copy(), arrays.timestamps
    length = int(seconds[1] - seconds[0]) if len(seconds) > 1 else 1
    for row, own in enumerate(windows):
        for start, end in own:
            is_in = (seconds + length > start.timestamp()) & (seconds < end.timestamp())
            values[row, is_in] = np.nan
    return replace(arrays, values=values)
