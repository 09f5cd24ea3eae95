"""The summary line of the client Overview: one sentence, with a tag when something changed."""

from collections.abc import Callable

from dash import html
from dash.development.base_component import Component

from analytics.reports.client_answers import Summary
from analytics.stats import comparison
from analytics.stats.comparison import FigureChange
from analytics.stats.estimates import Share
from analytics.stats.verdict import Verdict, verdict_of
from dashboard.core.numbers import change, duration_text, percent_text, plural, points_text
from dashboard.widgets.card import variant_of
from dashboard.widgets.pieces import tag
from models.metrics.client_catalogue import METRICS

from .data import OverviewData

Phrases = list[str | Component]


def layout(overview_data: OverviewData) -> list[Component]:
    """Tag and sentence of the first noticed change, else the totals."""
    if not overview_data.current.reports:
        return []
    for change_sentence in (_connect_success, _stability, _round_trip, _drops):
        sentence = change_sentence(overview_data)
        if sentence:
            return sentence
    return [html.Span(_facts(overview_data))]


def _connect_success(overview_data: OverviewData) -> list[Component]:
    phrase = "of connection attempts opened"
    return _share(overview_data, "connect_success", phrase, lambda summary: summary.connect_success)


def _stability(overview_data: OverviewData) -> list[Component]:
    if overview_data.has_other_rule_before:
        return []
    phrase = "of sessions had no drop"
    return _share(overview_data, "stability", phrase, lambda summary: summary.stability)


def _share(
    overview_data: OverviewData, key: str, phrase: str, share: Callable[[Summary], Share | None]
) -> list[Component]:
    before = overview_data.before
    now, earlier = share(overview_data.current), share(before) if before else None
    difference = comparison.of_shares(now, earlier) if now and earlier else None
    if not now or not difference or not difference.is_notable:
        return []
    fell = difference.size < 0
    return [
        _tag(f"{METRICS[key].label} {'fell' if fell else 'rose'}", key, difference),
        html.Span(
            [
                html.B(percent_text(now.value)),
                f" {phrase}, {points_text(difference.size)} "
                f"{'less' if fell else 'more'} than in {overview_data.compared_to}.",
            ]
        ),
    ]


def _round_trip(overview_data: OverviewData) -> list[Component]:
    before = overview_data.before
    now, earlier = overview_data.current.latency_ms, before.latency_ms if before else None
    difference = comparison.of_p95(now, earlier) if now and earlier else None
    if not now or not earlier or not difference or not difference.is_notable:
        return []
    return [
        _tag(
            f"{METRICS['latency_ms'].label} {'rose' if difference.size > 0 else 'fell'}",
            "latency_ms",
            difference,
        ),
        html.Span(
            [
                "Round trip p95 is ",
                html.B(duration_text(now.p95)),
                f"; it was {duration_text(earlier.p95)} in {overview_data.compared_to}.",
            ]
        ),
    ]


def _drops(overview_data: OverviewData) -> list[Component]:
    now, before = overview_data.current, overview_data.before
    if before is None or now.sessions is None or before.sessions is None:
        return []
    if overview_data.has_other_rule_before:
        return []
    difference = comparison.of_rates(
        now.connection.drops, now.sessions, before.connection.drops, before.sessions
    )
    if not difference or not difference.is_notable:
        return []
    return [
        _tag("More drops" if difference.size > 0 else "Fewer drops", "drops", difference),
        html.Span(
            [
                html.B(plural(now.connection.drops, "drop")),
                f" in {plural(now.sessions, 'session')}, {change(difference.size)} per session "
                f"against {overview_data.compared_to}.",
            ]
        ),
    ]


def _tag(text: str, key: str, difference: FigureChange) -> Component:
    meaning = verdict_of(difference, METRICS[key].worse) or Verdict.CHANGED
    return tag(f"{text}, {meaning}", variant_of(meaning), "up" if difference.size > 0 else "down")


def _facts(overview_data: OverviewData) -> Phrases:
    now = overview_data.current
    subject = (
        plural(now.reports, "report") if now.sessions is None else plural(now.sessions, "session")
    )
    phrases: Phrases = [html.B(subject)]
    if now.stability is not None and now.stability.value is not None:
        phrases += [", ", html.B(percent_text(now.stability.value)), " without a drop"]
    if now.latency_ms is not None and now.latency_ms.p95 is not None:
        phrases += ["; round trip p95 ", html.B(duration_text(now.latency_ms.p95))]
    if overview_data.has_other_rule_before:
        phrases.append(
            ". Drops are not compared: monitors before 2.0 counted them by another rule in "
            f"{overview_data.compared_to}"
        )
    elif overview_data.before is not None:
        phrases.append(f". No significant change against {overview_data.compared_to}")
    if now.latency_ms is None:
        phrases.append("; round trips are not counted for these filters")
    return [*phrases, "."]
