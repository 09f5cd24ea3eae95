"""The card of a duration: its p95 over the range, beside that of the period before."""

from typing import Any

from analytics.stats import comparison
from analytics.stats.estimates import Durations
from analytics.stats.percentile_lines import P95
from dashboard.core.numbers import (
    duration,
    duration_text,
    largest_session_text,
    plural,
    unsigned_change,
)
from dashboard.page.data import ComparedPageData
from dashboard.widgets import card
from dashboard.widgets.card import Card
from models.metrics.metric import Metric
from models.metrics.server_catalogue import ServerMetric

LEAST_N = 30  # fewer are faint


def p95_card(
    page_data: ComparedPageData[Any],
    kind: str,
    metric: Metric | ServerMetric,
    noun: str,
    totals: tuple[Durations, Durations | None],
) -> Card:
    """The card of one kind of durations of the page, which are those of `metric`; `totals` are
    those over the range and over the period before. `noun` is what n counts."""
    now, before = totals
    value, unit = duration(now.p95)
    note, change = f"median {duration_text(now.p50)}", None
    if before is not None and before.p95 is not None:
        note, change = f"before {duration_text(before.p95)}", comparison.of_p95(now, before)
    return Card(
        label=f"{metric.label} p95",
        value=value,
        unit=unit,
        note=note if now.n else f"no {noun}s in this range",
        caution=largest_session_text(now.largest_session),
        n=f"n = {plural(now.n, noun)}",
        values=page_data.percentile_over_range(kind, P95),
        before=page_data.percentile_before(kind, P95),
        trend=card.trend_of(change, metric.worse, unsigned_change),
        is_faint=now.n < LEAST_N,
    )
