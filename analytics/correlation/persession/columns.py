"""The sides of the pairs of each session, in the units of the measures."""

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.sessions.table import SessionTable

Floats = NDArray[np.float64]
HOUR_MS = 3_600_000.0
MINUTE_MS = 60_000.0
LEAST_TIME_MS = 10_000.0  # of being connected or visible: rates over less are of no use
LEAST_ROUND_TRIPS = 5  # a p95 of fewer says how many there were


def columns(table: SessionTable) -> dict[str, Floats]:
    """By key of measure, [S]; NaN where a session does not say."""
    return {
        "latency_p95_ms": np.where(
            table.latency_n >= LEAST_ROUND_TRIPS, table.latency_p95_ms, np.nan
        ),
        "error_rate": _ratio(100.0 * table.errors, table.messages, 1.0),
        "drops_per_hour": _ratio(table.drops * HOUR_MS, table.open_ms, LEAST_TIME_MS),
        "without_connection": _ratio(
            100.0 * table.without_connection_ms, table.judged_ms, LEAST_TIME_MS
        ),
        "longest_silence_ms": table.longest_silence_ms,
        "setup_p95_ms": table.setup_p95_ms,
        "page_load_ms": table.page_load_ms,
        "lcp_ms": table.lcp_ms,
        "inp_ms": table.inp_ms,
        "cls": table.cls,
        "ux_errors_per_hour": _ratio(table.ux_errors * HOUR_MS, table.visible_ms, LEAST_TIME_MS),
        "interactions_per_minute": _ratio(
            table.interactions * MINUTE_MS, table.visible_ms, LEAST_TIME_MS
        ),
    }


def _ratio(above: Floats, below: Floats, least: float) -> Floats:
    enough = below >= least
    return np.where(enough, above / np.where(enough, below, 1.0), np.nan)
