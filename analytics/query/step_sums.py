"""Weighted sums per step: from query rows to what summaries and series are computed from."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.stats.merging import StepHistograms
from models.metrics import weights
from models.metrics.client_columns import COUNTS, TRIALS

Row = Mapping[str, Any]
Rows = Sequence[Row]
DURATIONS = ("latency", "setup", "recovery")
QUICK_RECOVERY_MS = 5000


class StepSums:
    """All additive figures per step, ascending (`index_of`: step start to its index).

    `raw` are sums of reports per step and sample rate, `cells` sums of rollup cells per step,
    weighted already. A count weighs 1/sample_rate, a duration the integer next to that;
    `unweighted` are numbers of trials.
    """

    def __init__(self, raw: Rows, cells: Rows = (), *, with_durations: bool = True) -> None:
        starts = sorted({row["t"] for rows in (raw, cells) for row in rows})
        self.index_of: dict[datetime, int] = {t: index for index, t in enumerate(starts)}
        self.reports = [0] * len(starts)
        self.latest = max((row["latest"] for rows in (raw, cells) for row in rows), default=None)
        self.counts: list[dict[str, float]] = [defaultdict(float) for _ in starts]
        self.trials: list[Counter[str]] = [Counter() for _ in starts]
        self.latency, self.setup, self.recovery = (StepHistograms(len(starts)) for _ in DURATIONS)
        self.page_load = StepHistograms(1)
        for row in raw:
            self._add_counts(row)
        for row in cells:
            self._add_cell(row)
        if with_durations:
            for row in raw:
                self._add_durations(self.index_of[row["t"]], row)
            self._add_cell_durations(cells)
        self.total: dict[str, float] = defaultdict(float)
        for counts in self.counts:
            for name, number in counts.items():
                self.total[name] += number
        self.unweighted = sum(self.trials, Counter[str]())
        self.unweighted["reports"] = sum(self.reports)

    def _add_counts(self, row: Row) -> None:
        index, weight = (
            self.index_of[row["t"]],
            weights.count_weight(row["sample_rate"]) / weights.PARTS,
        )
        self.reports[index] += row["reports"]
        for name in COUNTS:
            self.counts[index][name] += row[name] * weight
        self.trials[index].update({name: row[name] for name in TRIALS})
        quick = sum(ms <= QUICK_RECOVERY_MS for ms in numbers(row["recovery_ms"]))
        self.counts[index]["recovered_soon"] += quick * weight

    def _add_durations(self, index: int, row: Row) -> None:
        weight = weights.duration_weight(row["sample_rate"])
        self.latency.add_packed(index, row["latency"], weight, row["latency_sum_us"])
        self.setup.add_packed(index, row["setup"], weight, row["setup_sum_us"])
        self.recovery.add_durations(index, numbers(row["recovery_ms"]), weight)
        self.page_load.add_durations(0, numbers(row["page_load_ms"]), weight)

    def _add_cell(self, row: Row) -> None:
        index = self.index_of[row["t"]]
        self.reports[index] += int(row["reports"])
        for name in (*COUNTS, "recovered_soon"):
            self.counts[index][name] += row[name]
        self.trials[index].update({name: int(row[f"{name}_n"]) for name in TRIALS})

    def _add_cell_durations(self, cells: Rows) -> None:
        indexes = [self.index_of[row["t"]] for row in cells]
        for name in DURATIONS:
            _add_cells(getattr(self, name), indexes, cells, name)
        _add_cells(self.page_load, [0] * len(cells), cells, "page_load")


def numbers(text: str | None) -> list[int]:
    """The integers of a comma-separated list."""
    return [int(number) for number in text.split(",")] if text else []


def _add_cells(histograms: StepHistograms, indexes: Sequence[int], cells: Rows, name: str) -> None:
    histograms.add_weighted(
        indexes,
        [row[name] for row in cells],
        [int(row[f"{name}_n"]) for row in cells],
        [row[f"{name}_sum_us"] for row in cells],
    )
