"""The measures of an hour by pandas from its raw rows."""

from datetime import timedelta

import numpy as np
import pandas as pd

from models.metrics.histogram import MIDDLE_US, bucket_of
from models.metrics.histogram_codec import iter_pairs

GAUGES = ("longest_silence_ms", "lcp_ms", "inp_ms", "cls")


def expected_hour(hour: pd.DataFrame) -> dict[str, float]:
    """Each measure over the rows of an hour (`COLUMNS` of `session_truth`); NaN without any."""
    visible = hour.open_ms + hour.downtime_ms - hour.downtime_hidden_ms.astype(float).fillna(0)
    weight = 1 / hour.sample_rate
    judged = hour[hour.lost.notna()]
    watched = (judged.period_end - judged.period_start) / timedelta(milliseconds=1)
    without = judged.downtime_ms + judged.silent_ms
    messages = hour.sent + hour.received

    def share(part: "pd.Series[float]", amount: "pd.Series[float]") -> float:
        total = _rounded(amount, weight)
        return _rounded(part, weight) / total if total > 0 else np.nan

    return {
        "error_rate": 100 * np.minimum(1, share(hour.errors, messages)),
        "drops_per_hour": 3_600_000 * share(hour.drops, visible),
        "ux_errors_per_hour": 3_600_000 * share(hour.ux_errors, visible),
        "interactions_per_minute": 60_000 * share(hour.interactions, visible),
        "without_connection": 100 * np.minimum(1, share(without, watched)),
        "latency_p95_ms": _quantile(_buckets(hour.latency, weight), 0.95),
        "setup_p95_ms": _quantile(_buckets(hour.setup, weight), 0.95),
        "page_load_ms": _quantile(
            [
                (bucket_of(float(value)), round(float(each)))
                for value, each in zip(hour.page_load_ms, weight, strict=True)
                if not pd.isna(value)
            ],
            0.5,
        ),
        **{name: _mean(hour[name], weight) for name in GAUGES},
    }  # fmt: skip


def _rounded(values: "pd.Series[float]", weight: "pd.Series[float]") -> float:
    each = (weight.reindex(values.index) * 1024).round() / 1024
    return float((values.astype(float) * each).sum())


def _mean(values: "pd.Series[float]", weight: "pd.Series[float]") -> float:
    there = values.notna()
    if not there.any():
        return np.nan
    each = (weight[there] * 1024).round() / 1024
    return float((values[there].astype(float) * each).sum() / each.sum())


def _buckets(packed: "pd.Series[bytes]", weight: "pd.Series[float]") -> list[tuple[int, int]]:
    return [
        (bucket, count * round(float(each)))
        for blob, each in zip(packed, weight, strict=True)
        for bucket, count in iter_pairs(bytes(blob))
    ]


def _quantile(pairs: list[tuple[int, int]], share: float) -> float:
    ordered = [bucket for bucket, count in sorted(pairs) for _ in range(count)]
    if not ordered:
        return np.nan
    rank = max(1, int(np.ceil(share * len(ordered))))
    return round(float(MIDDLE_US[ordered[rank - 1]]) / 1000, 2)
