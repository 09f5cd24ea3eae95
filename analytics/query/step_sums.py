"""Sums per step, weighted and added up: the middle between store and summary."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.stats.merging import Merged
from models.metrics import weights
from models.metrics.client_catalogue import CATALOG, Kind

Row = Mapping[str, Any]
Rows = Sequence[Row]
COUNTS = tuple(
    metric.columns[0]
    for metric in CATALOG
    if metric.kind is Kind.COUNT and metric.columns and metric.key != "close_codes"
)
TRIALS = ("attempts", "reconnect_attempts", "sent", "received")  # whose n an interval needs
DURATIONS = ("latency", "setup", "recovery")
SOON_MS = 5000


class Steps:
    """Everything that adds up, per step in order of time (`places`: step start to its index).

    `raw` are sums of reports per step and sample rate, `cells` sums of rollup cells per step with
    their weights in them. A count weighs 1/sample_rate, a duration the whole number next to that;
    `unweighted` are numbers of trials.
    """

    def __init__(self, raw: Rows, cells: Rows = (), *, with_durations: bool = True) -> None:
        starts = sorted({row["t"] for rows in (raw, cells) for row in rows})
        self.places: dict[datetime, int] = {t: place for place, t in enumerate(starts)}
        self.reports = [0] * len(starts)
        self.latest = max((row["latest"] for rows in (raw, cells) for row in rows), default=None)
        self.counts: list[dict[str, float]] = [defaultdict(float) for _ in starts]
        self.trials: list[Counter[str]] = [Counter() for _ in starts]
        self.latency, self.setup, self.recovery = (Merged(len(starts)) for _ in DURATIONS)
        self.page_load = Merged(1)
        for row in raw:
            self._add_counts(row)
        for row in cells:
            self._add_cell(row)
        if with_durations:
            for row in raw:
                self._add_durations(self.places[row["t"]], row)
            self._add_cell_durations(cells)
        self.total: dict[str, float] = defaultdict(float)
        for counts in self.counts:
            for name, number in counts.items():
                self.total[name] += number
        self.unweighted = sum(self.trials, Counter[str]())
        self.unweighted["reports"] = sum(self.reports)

    def _add_counts(self, row: Row) -> None:
        place, weight = self.places[row["t"]], weights.parts_of(row["sample_rate"]) / weights.PARTS
        self.reports[place] += row["reports"]
        for name in COUNTS:
            self.counts[place][name] += row[name] * weight
        self.trials[place].update({name: row[name] for name in TRIALS})
        soon = sum(ms <= SOON_MS for ms in numbers(row["recovery_ms"]))
        self.counts[place]["recovered_soon"] += soon * weight

    def _add_durations(self, place: int, row: Row) -> None:
        weight = weights.whole_of(row["sample_rate"])
        self.latency.add_packed(place, row["latency"], weight, row["latency_sum_us"])
        self.setup.add_packed(place, row["setup"], weight, row["setup_sum_us"])
        self.recovery.add_durations(place, numbers(row["recovery_ms"]), weight)
        self.page_load.add_durations(0, numbers(row["page_load_ms"]), weight)

    def _add_cell(self, row: Row) -> None:
        place = self.places[row["t"]]
        self.reports[place] += int(row["reports"])
        for name in (*COUNTS, "recovered_soon"):
            self.counts[place][name] += row[name]
        self.trials[place].update({name: int(row[f"{name}_n"]) for name in TRIALS})

    def _add_cell_durations(self, cells: Rows) -> None:
        places = [self.places[row["t"]] for row in cells]
        for name in DURATIONS:
            _add_cells(getattr(self, name), places, cells, name)
        _add_cells(self.page_load, [0] * len(cells), cells, "page_load")


def numbers(text: str | None) -> list[int]:
    """Whole numbers joined by commas."""
    return [int(number) for number in text.split(",")] if text else []


def _add_cells(merged: Merged, places: Sequence[int], cells: Rows, name: str) -> None:
    merged.add_weighted(
        places,
        [row[name] for row in cells],
        [int(row[f"{name}_n"]) for row in cells],
        [row[f"{name}_sum_us"] for row in cells],
    )
