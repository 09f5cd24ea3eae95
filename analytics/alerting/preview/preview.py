"""What a rule would have done: from its history to episodes, a sentence and suggestions."""

from datetime import datetime, timedelta

import numpy as np

from analytics.alerting.answers import EpisodeAnswer, PreviewAnswer, SeriesAnswer, SuggestionAnswer
from analytics.alerting.evaluation.gathering import Grid
from analytics.alerting.evaluation.row_index import RowIndex
from analytics.alerting.evaluation.series_matrix import Floats, SeriesMatrix
from analytics.alerting.evaluation.window_values import Measured, at_each_step
from analytics.alerting.preview import replay, wording
from analytics.alerting.preview.replay import Episode
from analytics.alerting.rules.formulas import reading_for
from analytics.alerting.rules.rule import Rule

DAYS = 30
STEP_SECONDS, STEP_SECONDS_SPLIT = 300, 3600
MOST_LABEL_SETS = 20
MOST_SERIES = 10
MOST_POINTS = 720
MOST_EPISODES = 200
TIMES = (1, 3, 10)
OF_SESSIONS = (
    "tried on sessions by the hour they began in; the rule itself looks at those that reported "
    "within its window"
)


def grid_of(rule: Rule, now: datetime) -> Grid:
    """The steps of the last 30 days: as long as the window, and longer where many are drawn."""
    is_coarse = rule.split_by is not None or reading_for(rule).is_of_sessions
    least = STEP_SECONDS_SPLIT if is_coarse else STEP_SECONDS
    seconds = max(least, rule.window_seconds)
    steps = DAYS * 86400 // seconds
    end = datetime.fromtimestamp(now.timestamp() // seconds * seconds, now.tzinfo)
    return Grid(end - timedelta(seconds=seconds * steps), seconds, steps)


def preview_of(rule: Rule, cells: SeriesMatrix) -> PreviewAnswer:
    """The whole answer."""
    reading = reading_for(rule)
    chosen = [*RowIndex.of(rule, cells).rows.values()]
    measured = _of(at_each_step(rule, reading, cells), chosen)
    found = replay.episodes(rule, measured, cells.step_seconds)
    lengths = [(episode.last - episode.first + 1) * cells.step_seconds for episode in found]
    suggested = replay.suggest(rule, measured, cells.step_seconds, TIMES)
    labels = [_split(rule, cells, place) for place in chosen]
    return PreviewAnswer(
        start=cells.start,
        end=_at(cells, cells.steps),
        step_seconds=cells.step_seconds,
        sentence=wording.would_have_fired(lengths, DAYS),
        fired=len(found),
        seconds=sum(lengths),
        unit=reading.unit,
        note=OF_SESSIONS if reading.is_of_sessions else "",
        episodes=[_episode(cells, labels, episode) for episode in found[-MOST_EPISODES:]],
        suggestions=[
            SuggestionAnswer(times=one.times, threshold=one.threshold, fired=one.fired)
            for one in suggested
        ],
        series=_series(rule, cells, measured, labels),
    )


def _of(measured: Measured, places: list[int]) -> Measured:
    return Measured(measured.value[places], measured.surest[places], measured.n[places])


def _split(rule: Rule, cells: SeriesMatrix, place: int) -> dict[str, str]:
    return {rule.split_by: cells.labels[place][rule.split_by]} if rule.split_by else {}


def _episode(cells: SeriesMatrix, labels: list[dict[str, str]], episode: Episode) -> EpisodeAnswer:
    return EpisodeAnswer(
        labels=labels[episode.place],
        start=_at(cells, episode.first),
        end=_at(cells, episode.last + 1),
    )


def _series(
    rule: Rule, cells: SeriesMatrix, measured: Measured, labels: list[dict[str, str]]
) -> list[SeriesAnswer]:
    """The label sets with the most behind them; of several steps the worst is drawn."""
    largest = np.argsort(-measured.n.sum(axis=1), kind="stable")[:MOST_SERIES]
    together = -(-cells.steps // MOST_POINTS)
    return [
        SeriesAnswer(
            labels=labels[place],
            points=[
                (_at(cells, number * together), None if np.isnan(value) else float(value))
                for number, value in enumerate(_worst(rule, measured.value[place], together))
            ],
        )
        for place in map(int, largest)
    ]


def _worst(rule: Rule, values: Floats, together: int) -> Floats:
    rest = -len(values) % together
    rows = np.pad(values, (0, rest), constant_values=np.nan).reshape(-1, together)
    empty = np.isnan(rows)
    if rule.direction == "above":
        worst = np.where(empty, -np.inf, rows).max(axis=1)
    else:
        worst = np.where(empty, np.inf, rows).min(axis=1)
    return np.where(np.isinf(worst), np.nan, worst)


def _at(cells: SeriesMatrix, step: int) -> datetime:
    return cells.start + timedelta(seconds=step * cells.step_seconds)
