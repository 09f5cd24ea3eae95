"""The answers about baselines, as the API sends them. Times are aware UTC."""

from datetime import datetime

import msgspec

from analytics.baselines.comparing import MeasureDifference
from analytics.stats.verdict import Verdict
from models.baselines.baselines import StoredBaseline


class BaselineResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A range under a name: what it is of, who saved it, when, and their note. `hours` of [start,
    end) have rows; hours of the day are those of `zone`."""

    id: int
    name: str
    note: str
    source: str
    filters: dict[str, str]
    start: datetime
    end: datetime
    zone: str
    hours: int
    created_at: datetime
    created_by: str


class BaselineListResponse(msgspec.Struct, frozen=True, kw_only=True):
    """All baselines, the newest first; `most` is how many there may be."""

    baselines: list[BaselineResponse]
    most: int


class MeasureComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A measure in its unit (`share` is from 0 to 1): `value` of the range, `baseline`, and the
    first minus the second with its 95 % interval. `change` is relative to the baseline, with an
    interval of its own where hours were resampled. `is_real`:
    chance does not explain it (at most one in twenty measures called so); `verdict` is then what it
    means. `method` says what was resampled: `hours` or `sessions`; `reason` why there is no
    interval."""

    metric: str
    aggregation: str
    label: str
    unit: str
    value: float | None
    n: int
    baseline: float | None
    baseline_n: int
    difference: float | None
    low: float | None
    high: float | None
    change: float | None
    change_low: float | None
    change_high: float | None
    p: float | None
    is_real: bool
    verdict: Verdict | None
    method: str | None
    reason: str | None


class BaselineComparison(msgspec.Struct, frozen=True, kw_only=True):
    """[start, end) beside a baseline, under the baseline's filters. `hours_of_day` are those
    compared, on the clocks of the baseline's zone: those that both have."""

    baseline: BaselineResponse
    start: datetime
    end: datetime
    data_as_of: datetime
    hours_of_day: list[int]
    measures: list[MeasureComparison]


def baseline_response(stored: StoredBaseline) -> BaselineResponse:
    """A stored baseline."""
    return BaselineResponse(
        id=stored.id, name=stored.name, note=stored.note, source=stored.source,
        filters=dict(stored.filters), start=stored.starts_at, end=stored.ends_at,
        zone=stored.zone, hours=stored.hours, created_at=stored.created_at,
        created_by=stored.created_by,
    )  # fmt: skip


def measure_comparison(row: MeasureDifference) -> MeasureComparison:
    """A measure as compared."""
    return MeasureComparison(
        metric=row.measure.metric, aggregation=row.measure.aggregation, label=row.measure.label,
        unit=row.measure.unit, value=row.value, n=row.n, baseline=row.before,
        baseline_n=row.n_before, difference=row.difference, low=row.low, high=row.high,
        change=row.change, change_low=row.change_low, change_high=row.change_high, p=row.p,
        is_real=row.is_real, verdict=row.verdict,
        method=row.method or None, reason=row.reason or None,
    )  # fmt: skip
