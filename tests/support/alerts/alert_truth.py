"""The expected values of a rule, computed plainly from the reports and samples themselves.

Independent of the evaluation: every metric is computed as the catalogue describes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from analytics.alerting.rules.labels import labels_of, metric_of
from analytics.alerting.rules.rule import QUANTILES, Rule
from models.metrics.histogram import MIDDLE_US
from models.metrics.metric import Kind
from models.metrics.server_catalogue import ServerMetric
from models.raw.client_reports import ClientReport
from tests.support.alerts.metric_rows import Row, amounts, dimension, durations, gauge, rate
from tests.support.store.state_truth import states_of

Value = tuple[float, int]
MILLISECOND, MINUTE = timedelta(milliseconds=1), timedelta(minutes=1)
HOUR_MS, MINUTE_MS, LONGEST = 3_600_000, 60_000, timedelta(hours=1)


def weight(row: Row) -> float:
    """Of a count: 1/rate to the nearest 1/1024."""
    return round(1024 / rate(row)) / 1024


@dataclass(frozen=True)
class ExpectedValues:
    """Values of a rule by `rows`, over the window that ends at `now`."""

    rule: Rule
    rows: Sequence[Row]
    now: datetime

    def values(self) -> dict[str, Value]:
        """(value, n) by what the rule is split by ('' for all), where anything was measured."""
        values_by_split = {split: self._value(split) for split in self._splits()}
        return {split: value for split, value in values_by_split.items() if value and value[1]}

    def _splits(self) -> set[str]:
        """The values of the rule's split in the hour before now."""
        split, hour = self.rule.split_by, self._rows("", LONGEST)
        if split is None:
            return {""}
        if split in self._labels:
            return {parts[split] for row in hour for parts, _ in amounts(row, self._metric)}
        return {value for row in hour if (value := dimension(row, split)) is not None}

    @property
    def _metric(self) -> Any:
        return metric_of(self.rule.source, self.rule.metric)

    @property
    def _labels(self) -> tuple[str, ...]:
        return labels_of(self.rule.source, self.rule.metric)

    def _filters(self, split: str) -> dict[str, str]:
        return {**self.rule.filters, **({self.rule.split_by: split} if self.rule.split_by and split
                                        else {})}  # fmt: skip

    def _rows(self, split: str, window: timedelta) -> list[Any]:
        ignored = {*self._labels, *(("app",) if self._is_of_processes else ())}
        filters = {n: v for n, v in self._filters(split).items() if n not in ignored}
        return [
            row
            for row in self.rows
            if self.now - window <= row.period_end < self.now
            and all(dimension(row, name) == value for name, value in filters.items())
            and (self.rule.source == "client" or self._is_of_processes or row.app is not None)
        ]

    @property
    def _is_of_processes(self) -> bool:
        """Whether every app has the figures of all processes of its service."""
        metric = self._metric
        return isinstance(metric, ServerMetric) and (
            metric.is_of_process or metric.key in ("loop_lag", "outbox_bytes")
        )

    def _value(self, split: str) -> Value | None:
        metric, rule = self._metric, self.rule
        rows = self._rows(split, timedelta(seconds=rule.window_seconds))
        if rule.aggregation in QUANTILES:
            return _quantile(rows, metric, QUANTILES[rule.aggregation])
        if metric.kind is Kind.RATIO:
            return _stability(rows) if metric.key == "stability" else self._ratio(rows)
        if getattr(metric, "is_judged", False):
            rows = [row for row in rows if row.lost is not None]
            return self._count(rows, self._filters(split)) if rows else None
        if getattr(metric, "is_state", False):
            return self._state(self._filters(split))
        if metric.kind is Kind.COUNT:
            return self._count(rows, self._filters(split))
        return self._mean(rows)

    def _count(self, rows: list[Any], filters: dict[str, str]) -> Value | None:
        labels = {name: value for name, value in filters.items() if name in self._labels}
        total = sum(
            amount * weight(row)
            for row in rows
            for parts, amount in amounts(row, self._metric)
            if labels.items() <= parts.items()
        )
        if self.rule.aggregation == "count":
            return total, len(rows)
        if self.rule.source == "client":
            watched = sum((r.period_end - r.period_start) / MILLISECOND * weight(r) for r in rows)
            return (total / watched * HOUR_MS, len(rows)) if watched else None
        covered = self._covered_ms(rows)
        return (total / covered * MINUTE_MS, len(rows)) if covered else None

    def _ratio(self, rows: list[Any]) -> Value | None:
        def amount_of(key: str, row: Any) -> float:
            count_metric = metric_of(self.rule.source, key)
            assert count_metric is not None
            return sum(amount for _, amount in amounts(row, count_metric))

        metric = self._metric
        n = sum(amount_of(key, row) for row in rows for key in metric.denominator)
        denominator = sum(
            amount_of(key, row) * weight(row) for row in rows for key in metric.denominator
        )
        numerator = sum(amount_of(metric.numerator, row) * weight(row) for row in rows)
        return (min(1.0, numerator / denominator), int(n)) if denominator else None

    def _mean(self, rows: list[Any]) -> Value | None:
        metric = self._metric
        if isinstance(metric, ServerMetric) and not metric.is_of_process:
            covered = self._covered_ms(rows)
            level = sum(
                (gauge(r, metric) or 0) * ((r.period_end - r.period_start) / MILLISECOND)
                for r in rows
            )
            return (level / covered, len(rows)) if covered else None
        is_duration = metric.kind is Kind.HISTOGRAM or metric.key == "page_load_ms"
        values = [
            (value, round(weight(row)) if is_duration else weight(row))
            for row in rows
            if (value := gauge(row, metric)) is not None
        ]
        total = sum(each for _, each in values)
        weighted = sum(round(value * 65536) / 65536 * each for value, each in values)
        return (weighted / total, len(values)) if values else None

    def _state(self, filters: dict[str, str]) -> Value | None:
        """Per minute in which sessions were heard."""
        start = self.now - timedelta(seconds=self.rule.window_seconds)
        states = [
            (moment, state)
            for row, moment, state in states_of(
                [row for row in self.rows if isinstance(row, ClientReport)]
            )
            if start < moment <= self.now
            and all(dimension(row, name) == value for name, value in filters.items())
        ]
        number = sum(state == self.rule.metric for _, state in states)
        minutes = len({moment for moment, _ in states})
        return (number / minutes, len(states)) if minutes else None

    def _covered_ms(self, rows: list[Any]) -> float:
        """Time in ms covered by samples, at most a minute of each minute."""
        minutes: dict[int, list[Any]] = {}
        for row in rows:
            minutes.setdefault((self.now - LONGEST - row.period_end) // -MINUTE, []).append(row)
        spans = [
            max(row.period_end for row in minute_rows)
            - min(row.period_start for row in minute_rows)
            for minute_rows in minutes.values()
        ]
        return sum(float(min(MINUTE, span) / MILLISECOND) for span in spans)


def _stability(rows: list[Any]) -> Value | None:
    broken = {row.session_id for row in rows if row.abnormal_closes}
    sessions = {row.session_id for row in rows}
    return (1 - len(broken) / len(sessions), len(sessions)) if sessions else None


def _quantile(rows: list[Any], metric: Any, share: float) -> Value | None:
    """By nearest rank; a sampled duration stands for the whole number next to 1/rate."""
    weighted = [
        (bucket, count, round(1 / rate(row)))
        for row in rows
        for bucket, count in durations(row, metric)
    ]
    ranked = sorted(bucket for bucket, count, weight in weighted for _ in range(count * weight))
    if not ranked:
        return None
    rank = max(1, int(np.ceil(share * len(ranked))))
    return float(MIDDLE_US[ranked[rank - 1]]) / 1000, sum(count for _, count, _ in weighted)
