"""Reports and samples that carry every metric of the catalogues, and readers of their values.

Both follow from the catalogues: a new metric is in the rows without a change here.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from models.metrics.client_catalogue import CATALOG
from models.metrics.client_columns import JUDGED
from models.metrics.histogram import BUCKETS, bucket_of
from models.metrics.metric import Kind, Metric
from models.metrics.server_catalogue import SERVER_CATALOG, ServerMetric
from models.raw.client_reports import ClientReport
from models.raw.server_samples import Histogram, ServerSample
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import a_sample

Row = ClientReport | ServerSample
AnyMetric = Metric | ServerMetric
LABEL_PARTS = {
    "code": ("1000", "1006", "4001"), "closed_by": ("client", "nobody", ""),
    "status": ("403", "503"), "type": ("message", "a/b", "<b>'x'</b>"), "kind": ("not-json",),
}  # fmt: skip
SESSIONS = 60
LONGEST_SECONDS = 4200  # some lie before the longest window


def reports(rng: np.random.Generator, number: int = 250) -> list[ClientReport]:
    """Of the last 70 minutes; the newest is of now."""
    return [_report(rng, index) for index in range(number)]


def samples(rng: np.random.Generator, number: int = 150) -> list[ServerSample]:
    """Of the last 70 minutes; the newest is of now."""
    return [
        a_sample(
            _at(rng, index),
            app=("portal", "kiosk", None)[rng.integers(3)],
            service=("our own", "chat")[rng.integers(2)],
            instance=("one", "two")[rng.integers(2)],
            **{
                name: value for metric in SERVER_CATALOG for name, value in _row_fields(rng, metric)
            },
        )
        for index in range(number)
    ]


def _report(rng: np.random.Generator, index: int) -> ClientReport:
    custom: dict[str, float] = {}
    fields: dict[str, Any] = {}
    for metric in CATALOG:
        fields |= dict(_row_fields(rng, metric))
        custom |= {name: float(rng.integers(9)) for name in custom_of(metric)}
    return report(
        period_end=_at(rng, index), session_id=UUID(int=int(rng.integers(1, SESSIONS))),
        sample_rate=float(rng.choice([1.0, 0.5, 0.3])), custom=custom,
        app=("portal", "kiosk")[rng.integers(2)], country=("BR", "DE", None)[rng.integers(3)],
        page=f"/{rng.integers(3)}", open_losses=int(rng.integers(2)),
        **(fields | {"abnormal_closes": int(rng.random() < 0.1)}
           | (dict.fromkeys(JUDGED) if index % 4 == 0 else {})),
    )  # fmt: skip


def _at(rng: np.random.Generator, index: int) -> Any:
    return NOON - timedelta(
        milliseconds=int(rng.integers(1, LONGEST_SECONDS * 1000)) if index else 1
    )


def _row_fields(rng: np.random.Generator, metric: AnyMetric) -> Iterator[tuple[str, Any]]:
    """The fields of a row that hold a metric."""
    if custom_of(metric) or not metric.columns:
        return
    column = metric.columns[0]
    if metric.kind is Kind.HISTOGRAM:
        yield from _durations(rng, metric)
    elif metric.split_by:
        yield column, _label_counts(rng, metric)
    else:
        yield column, int(rng.integers(1, 50))


def _durations(rng: np.random.Generator, metric: AnyMetric) -> Iterator[tuple[str, Any]]:
    buckets = sorted({int(bucket) for bucket in rng.integers(0, BUCKETS // 2, 3)})
    counts = [int(count) for count in rng.integers(1, 9, len(buckets))]
    if isinstance(metric, ServerMetric):
        yield metric.key, Histogram(dict(zip(buckets, counts, strict=True)), 700)
    elif len(metric.columns) == 1:
        yield metric.key, tuple(int(value) for value in rng.integers(0, 9000, 2))
    else:
        yield from zip(metric.columns, (tuple(buckets), tuple(counts), 700), strict=True)


def _label_counts(rng: np.random.Generator, metric: AnyMetric) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    for _ in range(int(rng.integers(3))):
        parts = [rng.choice(LABEL_PARTS.get(name, ("one", "two"))) for name in metric.split_by]
        first, second = (int(number) for number in rng.integers(1, 9, 2))
        is_pair = metric.columns[0] == "by_type"
        counts["/".join(map(str, parts)).rstrip("/")] = (first, second) if is_pair else first
    return counts


def custom_of(metric: AnyMetric) -> list[str]:
    """The names of the custom values a metric is read from."""
    fields = metric.fields if isinstance(metric, Metric) else ()
    return [f.removeprefix("custom.") for f in fields if f.startswith("custom.")]


def rate(row: Row) -> float:
    """The sample rate of the row."""
    return row.sample_rate if isinstance(row, ClientReport) else 1.0


def dimension(row: Row, name: str) -> str | None:
    """The value of a dimension of the source; a process has no app."""
    value: str | None = getattr(row, name)
    return "unknown" if value is None and isinstance(row, ClientReport) else value


def amounts(row: Row, metric: AnyMetric) -> list[tuple[dict[str, str], float]]:
    """The amounts of a count in the row, by the parts of its labels."""
    if custom_of(metric):
        return [({}, _custom(row, metric))]
    if isinstance(metric, Metric) and metric.adds:
        return [({}, float(sum(getattr(row, name) or 0 for name in metric.adds)))]
    field_value = getattr(row, metric.columns[0])
    if not metric.split_by:
        return [({}, float(field_value or 0))]
    return [
        (_parts(metric, label), _of_pair(metric, value)) for label, value in field_value.items()
    ]


def gauge(row: Row, metric: AnyMetric) -> float | None:
    """The value of a gauge."""
    if custom_of(metric):
        return _custom(row, metric)
    value: float | None = getattr(row, metric.columns[0])
    return value


def durations(row: Row, metric: AnyMetric) -> list[tuple[int, int]]:
    """(bucket, count) of a kind of durations."""
    if isinstance(row, ServerSample):
        return [*getattr(row, metric.key).counts.items()]
    if len(metric.columns) == 1:
        return [(bucket_of(value), 1) for value in getattr(row, metric.key)]
    return [*zip(*(getattr(row, name) for name in metric.columns[:2]), strict=True)]


def _custom(row: Row, metric: AnyMetric) -> float:
    assert isinstance(row, ClientReport)
    return row.custom[custom_of(metric)[0]]


def _parts(metric: AnyMetric, label: str) -> dict[str, str]:
    names: Sequence[str] = metric.split_by
    parts = label.split("/", len(names) - 1) if len(names) > 1 else [label]
    return dict(zip(names, [*parts, *["unknown"] * (len(names) - len(parts))], strict=True))


def _of_pair(metric: AnyMetric, value: Any) -> float:
    if not isinstance(value, tuple):
        return float(value)
    return float(value[metric.key.startswith("received")])
