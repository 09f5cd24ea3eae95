"""Sums per step and sample rate, weighted and added up: the middle between store and summary."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.catalog import CATALOG, Kind
from analytics.merging import Merged

Row = Mapping[str, Any]
Rows = Sequence[Row]
COUNTS = tuple(
    metric.columns[0]
    for metric in CATALOG
    if metric.kind is Kind.COUNT and metric.key != "close_codes"
)
SOON_MS = 5000


class Steps:
    """Everything that adds up, per step in order of time (`places`: step start to its index).

    A count weighs 1/sample_rate and stays a float until the answer rounds it; a duration weighs
    the whole number next to that, so that merging histograms stays exact.
    """

    def __init__(self, sums: Rows) -> None:
        starts = dict.fromkeys(row["t"] for row in sums)
        self.places: dict[datetime, int] = {t: place for place, t in enumerate(starts)}
        self.reports = [0] * len(starts)
        self.counts: list[Counter[str]] = [Counter() for _ in starts]
        self.total: Counter[str] = Counter()
        self.unweighted: Counter[str] = Counter()
        self.latency, self.setup, self.recovery = (Merged(len(starts)) for _ in range(3))
        self.page_load = Merged(1)
        for row in sums:
            self._add_counts(self.places[row["t"]], row)
            self._add_durations(self.places[row["t"]], row)

    def _add_counts(self, place: int, row: Row) -> None:
        self.reports[place] += row["reports"]
        self.unweighted["reports"] += row["reports"]
        for name in COUNTS:
            weighted = row[name] / row["sample_rate"]
            self.counts[place][name] += weighted
            self.total[name] += weighted
            self.unweighted[name] += row[name]

    def _add_durations(self, place: int, row: Row) -> None:
        weight = round(1 / row["sample_rate"])
        recoveries = _numbers(row["recovery_ms"])
        self.total["recovered_within_5_s"] += weight * sum(ms <= SOON_MS for ms in recoveries)
        self.latency.add_packed(place, row["latency"], weight, row["latency_sum_us"])
        self.setup.add_packed(place, row["setup"], weight, row["setup_sum_us"])
        self.recovery.add_durations(place, recoveries, weight)
        self.page_load.add_durations(0, _numbers(row["page_load_ms"]), weight)


def _numbers(text: str | None) -> list[int]:
    return [int(number) for number in text.split(",")] if text else []
