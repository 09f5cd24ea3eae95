"""What is planted: a kind of trouble of the people of a slice, for some hours; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from msgspec.structs import replace

from models.metrics.histogram import GROWTH
from models.raw.client_reports import ClientReport

APP = "portal"
# By the metrics in whose incidents a plant is to be found.
KINDS: Mapping[str, Sequence[str]] = {
    "drops": ("drops", "lost", "stability", "abnormal_closes"),
    "refused": ("failed", "connect_success"),
    "rejected": ("errors", "error_rate"),
    "slow": ("latency_ms",),
}
SIZES: Mapping[str, tuple[float, float]] = {  # least and most
    "drops": (0.3, 1.0),  # more drops in a report
    "refused": (1.0, 3.0),  # more attempts that fail in a report
    "rejected": (0.05, 0.2),  # of messages
    "slow": (3.0, 6.0),  # times the round trip
}
# Slices that have some percent of the people awake at these hours each.
SLICES: Sequence[Mapping[str, str]] = (
    {"country": "DE"}, {"country": "GB"}, {"country": "FR"}, {"country": "IN"},
    {"browser": "Edge 141"}, {"browser": "Safari 26"}, {"browser": "Chrome Mobile 141"},
    {"effective_type": "3g"}, {"page": "/billing"}, {"page": "/chat"},
    {"country": "DE", "browser": "Chrome 141"}, {"country": "IN", "browser": "Chrome 141"},
)  # fmt: skip
HOURS = (2, 5)  # least and most
# UTC: when a plant begins, so that there are people of the slice, and more than the 12 hours to the
# next day's within which steps of a value are one incident.
DAYTIME = (9, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """Trouble of `kind` and `size` of the people of `slice` in [start, end)."""

    kind: str
    size: float
    slice: Mapping[str, str]
    start: datetime
    end: datetime

    def affects(self, report: ClientReport) -> bool:
        """Whether it is of its people and time."""
        return self.start < report.period_end <= self.end and all(
            getattr(report, name) == value for name, value in self.slice.items()
        )


def draw(rng: np.random.Generator, days: Sequence[datetime], number: int) -> list[Plant]:
    """Plants on different `days`, which are midnights, at most one a day."""
    picks = sorted(rng.choice(len(days), min(number, len(days)), replace=False))
    plants = []
    for index in picks:
        start = days[index] + timedelta(hours=int(rng.integers(*DAYTIME)))
        kind = str(rng.choice([*KINDS]))
        plants.append(
            Plant(
                kind=kind, size=float(rng.uniform(*SIZES[kind])),
                slice=SLICES[int(rng.integers(len(SLICES)))], start=start,
                end=start + timedelta(hours=int(rng.integers(HOURS[0], HOURS[1] + 1))),
            )
        )  # fmt: skip
    return plants


def planted(report: ClientReport, plant: Plant, rng: np.random.Generator) -> ClientReport:
    """The report as it is in trouble."""
    return CHANGES[plant.kind](report, plant.size, rng)


def _dropping(report: ClientReport, size: float, rng: np.random.Generator) -> ClientReport:
    more = int(rng.poisson(size))
    return replace(
        report, drops=report.drops + more, abnormal_closes=report.abnormal_closes + more,
        lost=(report.lost or 0) + more,
        close_codes={**report.close_codes, "1006": report.close_codes.get("1006", 0) + more},
    )  # fmt: skip


def _refused(report: ClientReport, size: float, rng: np.random.Generator) -> ClientReport:
    more = int(rng.poisson(size))
    return replace(report, failed=report.failed + more, attempts=report.attempts + more)


def _rejected(report: ClientReport, size: float, rng: np.random.Generator) -> ClientReport:
    messages = report.sent + report.received
    return replace(report, errors=report.errors + int(rng.binomial(messages, size)))


def _slow(report: ClientReport, size: float, _: np.random.Generator) -> ClientReport:
    buckets = round(float(np.log(size) / np.log(float(GROWTH))))
    return replace(
        report,
        latency_buckets=tuple(bucket + buckets for bucket in report.latency_buckets),
        latency_sum_us=round(report.latency_sum_us * size),
    )


CHANGES: Mapping[str, Callable[[ClientReport, float, np.random.Generator], ClientReport]] = {
    "drops": _dropping, "refused": _refused, "rejected": _rejected, "slow": _slow,
}  # fmt: skip
