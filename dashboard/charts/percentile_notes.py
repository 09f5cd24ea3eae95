"""A percentile over time: its line in a figure, and what the foot says of its steps."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from analytics.stats.percentile_lines import LEAST_VALUES, PercentileLine, Run
from dashboard.charts import annotations
from dashboard.charts.annotations import Figure
from dashboard.charts.time_axis import chart_time
from dashboard.core.times import step

NamedLine = tuple[str, PercentileLine]
RULE = (
    "A percentile is drawn in steps of which nine in ten hold "
    f"{LEAST_VALUES[0.5]} (p50), {LEAST_VALUES[0.95]} (p95) or {LEAST_VALUES[0.99]} (p99) values; "
    "else it is left out."
)


def explained(figure: Figure, lines: Iterable[PercentileLine | None]) -> Figure:
    """The figure; it says so where all of its lines are left out."""
    if all(line is not None and line.is_left_out for line in lines):
        figure["layout"]["annotations"].append(annotations.middle_text("too few values for a line"))
    return figure


def drawn(runs: Sequence[Run]) -> tuple[list[str], list[float | None]]:
    """Times and values of a line, with a `None` between its runs."""
    times: list[str] = []
    values: list[float | None] = []
    for run in runs:
        if times:
            times.append(chart_time(run[0][0]))
            values.append(None)
        times += [chart_time(at) for at, _ in run]
        values += [value for _, value in run]
    return times, values


def label(name: str, line: PercentileLine) -> str:
    """The name of a line with the length of its steps where they are longer than those measured:
    `p99 (1 h)`."""
    return f"{name} ({step(line.seconds)})" if line.is_widened else name


def notes(lines: Iterable[NamedLine]) -> str:
    """Which lines have longer steps than those measured, and which are left out."""
    named = list(lines)
    wide = [pair for pair in named if pair[1].is_widened]
    missing = [pair for pair in named if pair[1].is_left_out]
    return "; ".join(
        [
            *(_widened(group) for group in _by_length(wide)),
            *(_left_out(group) for group in _by_length(missing)),
        ]
    )


def _widened(lines: Sequence[NamedLine]) -> str:
    return f"{_names(lines)} per {step(lines[0][1].seconds)}"


def _left_out(lines: Sequence[NamedLine]) -> str:
    length = step(lines[0][1].seconds)
    return f"{_names(lines)} left out: fewer than {_least(lines)} values even per {length}"


def _names(lines: Sequence[NamedLine]) -> str:
    return _listed(name for name, _ in lines)


def _least(lines: Sequence[NamedLine]) -> str:
    return _listed(f"{line.least}" for _, line in lines)


def _listed(texts: Iterable[str]) -> str:
    """Each once: `p50, p95 and p99`."""
    *others, last = dict.fromkeys(texts)
    return f"{', '.join(others)} and {last}" if others else last


def _by_length(lines: Sequence[NamedLine]) -> list[list[NamedLine]]:
    ordered = sorted(lines, key=lambda pair: pair[1].seconds)
    return [list(group) for _, group in groupby(ordered, lambda pair: pair[1].seconds)]
