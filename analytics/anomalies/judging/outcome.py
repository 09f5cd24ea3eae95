"""What a fit writes: bands, the hours to come, and the past of new series; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from analytics.anomalies.detection.steps import Floats
from analytics.anomalies.forecast.expectation import Expectation
from analytics.anomalies.judging import columns
from analytics.anomalies.judging.family_round import folded, in_order, progress_of, stacked
from analytics.anomalies.judging.marks import Family, events_of
from analytics.anomalies.judging.past import PortionHistory, SeriesResult
from models.anomalies.series import SeriesFit, SeriesProgress
from models.metrics.anomalies.incident import IncidentPart

ROWS_AT_ONCE = 20_000
FILLED = timedelta(days=28)  # of the past of a new series that are judged


def fits_of(
    ids: Sequence[int], history: PortionHistory, results: Sequence[SeriesResult], now: datetime
) -> list[SeriesFit]:
    """What is stored of each fit."""
    return [
        SeriesFit(
            series_id=series_id, zone=history.zone, method=each.expectation.method.value,
            errors=_errors(each), bands=each.bands.record(), designed_rate=each.designed_rate,
            measured_rate=each.measured_rate, fitted_at=now,
        )
        for series_id, each in zip(ids, results, strict=True)
    ]  # fmt: skip


def ahead_columns(
    ids: Sequence[int], history: PortionHistory, results: Sequence[SeriesResult]
) -> Mapping[str, list[Any]]:
    """The band of the steps to come."""
    bands = {
        name: np.concatenate([getattr(each.ahead, name) for each in results])
        for name in ("expected", "low", "high")
    }
    return columns.ahead_columns(ids, history.ahead, bands)


@dataclass(frozen=True, slots=True)
class Fill:
    """The past of new series, as rounds would have judged it."""

    family: Family
    counts: tuple[Floats, Floats]
    progress: Sequence[SeriesProgress]
    changed: Sequence[IncidentPart]

    @property
    def app(self) -> str:
        """The app of the series."""
        return self.family.keys[0].app

    def portions(self) -> Iterator[Mapping[str, list[Any]]]:
        """The columns of the steps of a few series at a time: as lists they take ten times what
        the arrays do."""
        family, length = self.family, max(1, len(self.family.timestamps))
        at_once = max(1, ROWS_AT_ONCE // length)
        for start in range(0, len(family.ids), at_once):
            span = slice(start, start + at_once)
            n, sessions = (array[span] for array in self.counts)
            yield columns.step_columns(
                family.ids[span], family.timestamps, family.values[span], (n, sessions),
                in_order(family.verdicts, np.arange(len(family.ids))[span]),
            )  # fmt: skip


def filled(
    ids: Sequence[int], rows: Sequence[int], history: PortionHistory,
    results: Sequence[SeriesResult],
) -> Fill:  # fmt: skip
    """The last 28 days of the series `rows`, as rounds would have judged them."""
    arrays = history.arrays.select([history.arrays.keys[row] for row in rows])
    own = arrays.since(history.until - FILLED.total_seconds())
    cut = len(arrays.timestamps) - len(own.timestamps)
    verdicts = stacked([results[row].past for row in rows], slice(cut, None))
    family = Family(
        ids, own.keys, own.timestamps, own.values, verdicts,
        np.array([results[row].bands.gap_limit for row in rows]),
        events_of(own.values, own.n, verdicts.expected, own.keys),
    )  # fmt: skip
    changed, runs = folded(family, [None] * len(ids), ())
    progress = progress_of(family, [results[row].memory for row in rows], runs, history.until)
    return Fill(family, (own.n, own.sessions), progress, changed)


def faults_text(expectations: Iterable[Expectation]) -> str:
    """How many of them Prophet was to make and could not, and why the last; '' for none."""
    faults = [each.fault for each in expectations if each.fault]
    return f", {len(faults)} without Prophet: {faults[-1]}" if faults else ""


def _errors(result: SeriesResult) -> dict[str, float]:
    errors = result.expectation.errors
    measured = {"usual hour": errors.usual_hour, "prophet": errors.prophet}
    return {name: value for name, value in measured.items() if np.isfinite(value)}
