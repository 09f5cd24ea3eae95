"""Previews a rule on the last 30 days: episodes of firing, a sentence, suggested thresholds."""

from datetime import datetime, timedelta

import numpy as np

from analytics.alerting.answers import (
    EpisodeResponse,
    PreviewResponse,
    PreviewSeriesResponse,
    SuggestionResponse,
)
from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.rule_baseline import RuleBaseline
from analytics.alerting.evaluation.window_values import WindowValues, values_per_step
from analytics.alerting.preview import replay, wording
from analytics.alerting.preview.replay import Episode
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.rule import Rule
from analytics.query.arrays import Arrays, Floats
from models.metrics.grid import Grid

DAYS = 30
STEP_SECONDS, STEP_SECONDS_SPLIT = 300, 3600
MOST_LABEL_SETS = 20
MOST_SERIES = 10
MOST_POINTS = 720
MOST_EPISODES = 200
SUGGESTED_TIMES = (1, 3, 10)
SESSIONS_NOTE = (
    "tried on sessions by the hour they began in; the rule itself looks at those that reported "
    "within its window"
)


def grid_of(rule: Rule, now: datetime) -> Grid:
    """The steps of the last 30 days: as long as the window, and at least 5 minutes; an hour for
    split rules and sessions."""
    is_coarse = rule.split_by is not None or formula_for(rule).counts_sessions
    least = STEP_SECONDS_SPLIT if is_coarse else STEP_SECONDS
    seconds = max(least, rule.window_seconds)
    steps = DAYS * 86400 // seconds
    end = datetime.fromtimestamp(now.timestamp() // seconds * seconds, now.tzinfo)
    return Grid.uniform(end - timedelta(seconds=seconds * steps), seconds, steps)


def preview_of(rule: Rule, arrays: Arrays, baseline: RuleBaseline | None = None) -> PreviewResponse:
    """The preview of `rule`, with its baseline, on the history in `arrays`. Raises
    `NoBaselineValues`."""
    formula = formula_for(rule)
    rows = [*RowIndex.of(rule, arrays).rows.values()]
    reference = baseline.reference(rule, arrays.grid) if baseline else None
    window_values = _select_rows(values_per_step(rule, formula, arrays, reference), rows)
    episodes = replay.episodes(rule, window_values, arrays.grid.seconds)
    lengths = [(episode.last - episode.first + 1) * arrays.grid.seconds for episode in episodes]
    suggestions = replay.suggest(rule, window_values, arrays.grid.seconds, SUGGESTED_TIMES)
    labels = [_split_labels(rule, arrays, row) for row in rows]
    return PreviewResponse(
        start=arrays.grid.start,
        end=_step_time(arrays, arrays.grid.steps),
        step_seconds=arrays.grid.seconds,
        sentence=wording.would_have_fired(lengths, DAYS),
        fired=len(episodes),
        seconds=sum(lengths),
        unit=formula.unit,
        note=SESSIONS_NOTE if formula.counts_sessions else "",
        episodes=[_episode(arrays, labels, episode) for episode in episodes[-MOST_EPISODES:]],
        suggestions=[
            SuggestionResponse(
                times=suggestion.times, threshold=suggestion.threshold, fired=suggestion.fired
            )
            for suggestion in suggestions
        ],
        series=_series(rule, arrays, window_values, labels),
    )


def _select_rows(window_values: WindowValues, rows: list[int]) -> WindowValues:
    return WindowValues(
        window_values.value[rows], window_values.fire_value[rows], window_values.n[rows]
    )


def _split_labels(rule: Rule, arrays: Arrays, row: int) -> dict[str, str]:
    return {rule.split_by: arrays.labels[row][rule.split_by]} if rule.split_by else {}


def _episode(arrays: Arrays, labels: list[dict[str, str]], episode: Episode) -> EpisodeResponse:
    return EpisodeResponse(
        labels=labels[episode.row],
        start=_step_time(arrays, episode.first),
        end=_step_time(arrays, episode.last + 1),
    )


def _series(
    rule: Rule, arrays: Arrays, window_values: WindowValues, labels: list[dict[str, str]]
) -> list[PreviewSeriesResponse]:
    """The label sets with the largest n; each point is the worst of `together` steps."""
    largest = np.argsort(-window_values.n.sum(axis=1), kind="stable")[:MOST_SERIES]
    together = -(-arrays.grid.steps // MOST_POINTS)
    return [
        PreviewSeriesResponse(
            labels=labels[row],
            points=[
                (_step_time(arrays, number * together), None if np.isnan(value) else float(value))
                for number, value in enumerate(_worst(rule, window_values.value[row], together))
            ],
        )
        for row in map(int, largest)
    ]


def _worst(rule: Rule, values: Floats, together: int) -> Floats:
    padding = -len(values) % together
    rows = np.pad(values, (0, padding), constant_values=np.nan).reshape(-1, together)
    empty = np.isnan(rows)
    if rule.direction == "above":
        worst = np.where(empty, -np.inf, rows).max(axis=1)
    else:
        worst = np.where(empty, np.inf, rows).min(axis=1)
    return np.where(np.isinf(worst), np.nan, worst)


def _step_time(arrays: Arrays, step: int) -> datetime:
    return arrays.grid.edges[step]
