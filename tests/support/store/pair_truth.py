"""Cells by pairs of dimensions, computed from reports without SQL."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from analytics.query.read_plan import DAY, floor_to
from models.database.engine import Database
from models.metrics.client_columns import COUNTS, JUDGED
from models.metrics.dimensions import OTHER, PAIR_SIDES, PAIRS, SEPARATOR, UNKNOWN
from models.metrics.histogram_codec import iter_pairs
from models.raw.client_reports import ClientReport
from tests.support.store.postgres import rows

Key = tuple[str, str, datetime, str]
Figures = dict[str, Any]
STORED = (
    "SELECT dimension, value, t, app, reports, latest, "
    f"{', '.join(COUNTS)}, sent_n, latency, latency_n, latency_sum_us, networks, close_codes "
    "FROM client_pair_days"
)


def stored_cells(database: Database) -> dict[Key, Figures]:
    """The stored cells by key, their histograms as counts per bucket."""
    names = ("reports", "latest", *COUNTS, "sent_n", "latency", "latency_n", "latency_sum_us")
    cells: dict[Key, Figures] = {}
    for dimension, value, t, app, *figures in rows(database, STORED):
        cell: Figures = dict(zip((*names, "networks", "close_codes"), figures, strict=True))
        cell["latency"] = dict(iter_pairs(bytes(cell["latency"])))
        assert isinstance(t, datetime)
        cells[str(dimension), str(value), t, str(app)] = cell
    return cells


def expected_cells(
    reports: Iterable[ClientReport], most: int, start: datetime, end: datetime
) -> dict[Key, Figures]:
    """What the cells of the days of [start, end) are to be, with `most` values a side."""
    by_day: dict[tuple[datetime, str], list[ClientReport]] = {}
    for report in reports:
        if start <= report.period_end < end:
            by_day.setdefault((floor_to(report.period_end, DAY), report.app), []).append(report)
    cells: dict[Key, Figures] = {}
    for (day, app), of_app in by_day.items():
        top = {side: _top(of_app, side, most) for side in PAIR_SIDES}
        for first, second in PAIRS:
            groups: dict[str, list[ClientReport]] = {}
            for report in of_app:
                values = (_limited(report, side, top) for side in (first, second))
                groups.setdefault(SEPARATOR.join(values), []).append(report)
            for value, group in groups.items():
                cells[f"{first}+{second}", value, day, app] = _figures(group)
    return cells


def _top(reports: Iterable[ClientReport], side: str, most: int) -> set[str]:
    counted = Counter(getattr(report, side) or UNKNOWN for report in reports)
    return set(sorted(counted, key=lambda value: (-counted[value], value))[:most])


def _limited(report: ClientReport, side: str, top: Mapping[str, set[str]]) -> str:
    value = getattr(report, side) or UNKNOWN
    return value if value in top[side] else OTHER


def _figures(reports: list[ClientReport]) -> Figures:
    weighted = [(report, round(1024 / report.sample_rate) / 1024) for report in reports]
    latency: Counter[int] = Counter()
    codes: dict[str, float] = {}
    for report, weight in weighted:
        integer_weight = round(1 / report.sample_rate)
        for bucket, number in zip(report.latency_buckets, report.latency_counts, strict=True):
            latency[bucket] += number * integer_weight
        for code, number in report.close_codes.items():
            codes[code] = codes.get(code, 0) + number * weight
    return {
        "reports": len(reports),
        "latest": max(report.period_end for report in reports),
        **{
            name: None
            if name in JUDGED and not any(report.lost is not None for report in reports)
            else sum((getattr(r, name) or 0) * weight for r, weight in weighted)
            for name in COUNTS
        },
        "sent_n": sum(report.sent for report in reports),
        "latency": dict(latency),
        "latency_n": sum(sum(report.latency_counts) for report in reports),
        "latency_sum_us": sum(r.latency_sum_us * round(1 / r.sample_rate) for r in reports),
        "networks": dict(Counter(report.effective_type or UNKNOWN for report in reports)),
        "close_codes": codes,
    }
