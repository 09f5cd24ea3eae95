"""Segments as a pandas frame, a row each: what table, map and CSV take; pure.

Columns: the dimensions; `sessions`, `reports`, `small_sample` (bool: fewer than 30 sessions, never
ranked); then for each key of `figures.FIGURES`, in its unit (ms, share from 0 to 1, per hour): the
value, `_low` and `_high` (95 % interval), `_too_few` (bool: too few sessions bear on the value for
an interval), `_n`, `_before`, `_change` with `_change_low` and
`_change_high` (against the period before), `_world` (all people), `_difference` with
`_difference_low` and `_difference_high` (from all other people), `_affected` (sessions times how
much worse it is at least). NaN: not counted, or not known. Source:
`analytics.reports.segments.compared`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from analytics.query.arrays import Floats
from analytics.reports.segments.compared import Comparison, affected
from analytics.reports.segments.figures import ENDS, FIGURES
from analytics.reports.segments.pandas_loading import pandas
from analytics.stats.over_sessions.ratios import Flags

if TYPE_CHECKING:
    from pandas import DataFrame

# The three figures of a region in the documentation, under its names.
OF_DOCUMENTATION = {
    "client_count": "sessions",
    "average_latency_ms": "latency_mean_ms",
    "connection_success_rate": "connect_success",
}


def frame_of(comparison: Comparison) -> "DataFrame":
    """The frame, in the order of the segments."""
    own = comparison.segments.additive
    columns: dict[str, object] = {
        name: [labels[name] for labels in comparison.labels]
        for name in (comparison.labels[0] if comparison.labels else ())
    }
    columns |= {"sessions": own.sessions, "reports": own.reports}
    columns["small_sample"] = comparison.small_sample > 0
    for key in FIGURES:
        columns |= _columns_of(comparison, key)
    return pandas().DataFrame(columns)


def sorted_by(frame: "DataFrame", key: str) -> "DataFrame":
    """The most affected first, then by value from bad to good; small samples last."""
    is_up = FIGURES[key].worse.value == "up"
    return frame.sort_values(
        ["small_sample", f"{key}_affected", key], ascending=[True, False, not is_up]
    ).reset_index(drop=True)


def _columns_of(comparison: Comparison, key: str) -> Mapping[str, Floats | Flags]:
    own, missing = comparison.figures[key], np.full(len(comparison.labels), np.nan)
    columns: dict[str, Floats | Flags] = {
        key: own.value,
        f"{key}_low": own.low,
        f"{key}_high": own.high,
        f"{key}_n": own.n,
    }
    columns[f"{key}_too_few"] = own.too_few
    before, change = comparison.before.get(key), comparison.change.get(key)
    columns[f"{key}_before"] = missing if before is None else before.value
    columns[f"{key}_world"] = np.broadcast_to(comparison.world[key].value, missing.shape)
    for name, each in (("change", change), ("difference", comparison.from_others[key])):
        ends = (missing,) * 3 if each is None else (each.value, each.low, each.high)
        columns |= dict(zip((f"{key}_{name}{end}" for end in ENDS), ends, strict=True))
    columns[f"{key}_affected"] = affected(comparison, key)
    return columns
