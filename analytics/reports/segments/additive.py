"""What adds up over people, by segment (a value of a dimension): sums, histograms; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import Formula, quantiles_of, sums_of
from analytics.query.moments import SessionMoments
from analytics.stats.histograms import Histograms
from analytics.stats.session_moments import DROPPED, SESSIONS

SUMS = (
    *("opened", "failed", "tries", "drops", "errors", "sent", "received"),
    *("open_ms", "downtime_ms", "downtime_hidden_ms", "without_connection_ms", "judged_ms"),
    "judged_reports",
)
FORMULAS: tuple[Formula, ...] = (*sums_of(SUMS), *quantiles_of(["latency"]))
OF_SESSIONS: tuple[Formula, ...] = sums_of(["sessions", "calm_sessions"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Additive:
    """A row per segment. `sums` are weighted, `n` are not; `latency` has one step. `sessions`, and
    those of them without a drop (`calm`), are NaN where they were not counted; `moments` are
    (rows, SIZE)."""

    sums: Mapping[str, Floats]
    n: Mapping[str, Floats]
    reports: Floats
    sessions: Floats
    calm: Floats
    latency: Histograms
    moments: Floats

    def total(self) -> "Additive":
        """All rows as one."""
        return self._mapped(_total)

    def others(self) -> "Additive":
        """For each row all the others."""
        return self._mapped(
            lambda series: np.maximum(_total(series) - np.where(np.isnan(series), 0.0, series), 0.0)
        )

    def select(self, rows: Sequence[int]) -> "Additive":
        """These rows, in this order; -1: one of nothing."""
        index = list(rows)

        def own(series: Floats) -> Floats:
            return np.concatenate([series, np.zeros((1, *series.shape[1:]))])[index]

        return self._mapped(own)

    def _mapped(self, change: Callable[[Floats], Floats]) -> "Additive":
        return replace(
            self,
            sums={name: change(series) for name, series in self.sums.items()},
            n={name: change(series) for name, series in self.n.items()},
            reports=change(self.reports),
            sessions=change(self.sessions),
            calm=change(self.calm),
            latency=self.latency.map(change),
            moments=change(self.moments),
        )


def additive_of(arrays: Arrays, moments: SessionMoments) -> Additive:
    """Of arrays of one step. Sessions that the engine does not count for the dimensions are those
    of the moments: of a day each."""
    rows = len(arrays.labels)
    if "sessions" in arrays.sums:
        sessions, calm = (arrays.sums[name][:, 0] for name in ("sessions", "calm_sessions"))
    elif moments.is_of_range:
        # None is not 0: people of a part of a day alone are not in the moments of full days.
        counted = moments.values[:, SESSIONS]
        sessions = np.where(counted > 0, counted, np.nan)
        calm = sessions - moments.values[:, DROPPED]
    else:
        sessions = calm = np.full(rows, np.nan)
    return Additive(
        sums={name: arrays.sums[name][:, 0] for name in SUMS},
        n={name: arrays.n_of(name)[:, 0] for name in SUMS},
        reports=arrays.observed[:, 0],
        sessions=sessions,
        calm=calm,
        latency=arrays.histograms.get("latency") or Histograms.empty((rows, 1)),
        moments=moments.values,
    )


def _total(series: Floats) -> Floats:
    """The sum of the rows that were counted; NaN where none was."""
    missing = np.isnan(series)
    is_nothing = missing.any(axis=0, keepdims=True) & missing.all(axis=0, keepdims=True)
    total: Floats = np.where(missing, 0.0, series).sum(axis=0, keepdims=True)
    return np.where(is_nothing, np.nan, total)
