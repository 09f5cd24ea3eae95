"""What a fit writes: bands, the hours to come, and the past of new series; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from analytics.anomalies.judging import columns
from analytics.anomalies.judging.family_round import FamilyRound, folded, progress_of, stacked
from analytics.anomalies.judging.marks import Family
from analytics.anomalies.judging.past import PortionHistory, SeriesResult
from models.anomalies.series import SeriesFit

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


def filled(
    ids: Sequence[int], rows: Sequence[int], history: PortionHistory,
    results: Sequence[SeriesResult],
) -> FamilyRound:  # fmt: skip
    """The last 28 days of the series `rows`, as rounds would have judged them."""
    arrays = history.arrays.select([history.arrays.keys[row] for row in rows])
    own = arrays.since(history.until - FILLED.total_seconds())
    cut = len(arrays.timestamps) - len(own.timestamps)
    verdicts = stacked([results[row].past for row in rows], slice(cut, None))
    family = Family(
        ids, own.keys, own.timestamps, own.values, verdicts,
        np.array([results[row].bands.gap_limit for row in rows]),
    )  # fmt: skip
    changed, runs = folded(family, [None] * len(ids), ())
    progress = progress_of(family, [results[row].memory for row in rows], runs, history.until)
    written = columns.step_columns(ids, own.timestamps, own.values, (own.n, own.sessions), verdicts)
    return FamilyRound(own.keys[0].app, written, progress, changed)


def _errors(result: SeriesResult) -> dict[str, float]:
    errors = result.expectation.errors
    measured = {"usual hour": errors.usual_hour, "prophet": errors.prophet}
    return {name: value for name, value in measured.items() if np.isfinite(value)}
