"""The reading line: one plain sentence above everything, with a tag when something changed."""

from collections.abc import Callable

from dash import html
from dash.development.base_component import Component

from analytics.reports.client_answers import Summary
from analytics.stats import comparison
from analytics.stats.estimates import Share
from dashboard.core.numbers import change, duration_text, percent_text, plural
from dashboard.widgets.pieces import tag

from .cards import points_text
from .data import Reading

Words = list[str | Component]


def layout(reading: Reading) -> list[Component]:
    """Tag and sentence; what changed most comes first, else the facts."""
    if not reading.answer.reports:
        return []
    for find in (_connect_success, _stability, _round_trip, _drops):
        words = find(reading)
        if words:
            return words
    return [html.Span(_facts(reading))]


def _connect_success(reading: Reading) -> list[Component]:
    words = "of connection attempts opened"
    return _share(reading, "Connect success", words, lambda summary: summary.connect_success)


def _stability(reading: Reading) -> list[Component]:
    words = "of sessions had no abnormal close"
    return _share(reading, "Stability", words, lambda summary: summary.stability)


def _share(
    reading: Reading, name: str, words: str, share: Callable[[Summary], Share]
) -> list[Component]:
    now, before = share(reading.answer), reading.before
    found = before and comparison.of_shares(now, share(before))
    if not found or not found.noticed:
        return []
    fell = found.size < 0
    return [
        tag(f"{name} {'fell' if fell else 'rose'}", "warn"),
        html.Span(
            [
                html.B(percent_text(now.value)),
                f" {words}, {points_text(found.size)} "
                f"{'less' if fell else 'more'} than in {reading.compared_to}.",
            ]
        ),
    ]


def _round_trip(reading: Reading) -> list[Component]:
    now, before = reading.answer, reading.before
    found = before and comparison.of_p95(now.latency_ms, before.latency_ms)
    if not before or not found or not found.noticed:
        return []
    return [
        tag("Round trips slower" if found.size > 0 else "Round trips faster", "warn"),
        html.Span(
            [
                "Round trip p95 is ",
                html.B(duration_text(now.latency_ms.p95)),
                f"; it was {duration_text(before.latency_ms.p95)} in {reading.compared_to}.",
            ]
        ),
    ]


def _drops(reading: Reading) -> list[Component]:
    now, before = reading.answer, reading.before
    if before is None:
        return []
    found = comparison.of_rates(
        now.connection.drops, now.sessions, before.connection.drops, before.sessions
    )
    if not found or not found.noticed:
        return []
    return [
        tag("More drops" if found.size > 0 else "Fewer drops", "warn"),
        html.Span(
            [
                html.B(plural(now.connection.drops, "drop")),
                f" in {plural(now.sessions, 'session')}, {change(found.size)} per session "
                f"against {reading.compared_to}.",
            ]
        ),
    ]


def _facts(reading: Reading) -> Words:
    now = reading.answer
    words: Words = [html.B(plural(now.sessions, "session"))]
    if now.stability.value is not None:
        words += [", ", html.B(percent_text(now.stability.value)), " without an abnormal close"]
    if now.latency_ms.p95 is not None:
        words += ["; 95 of 100 round trips within ", html.B(duration_text(now.latency_ms.p95))]
    if reading.before is not None and reading.before.reports:
        words.append(f". Nothing changed notably against {reading.compared_to}")
    return [*words, "."]
