"""`GET /api/ws/metrics/historical`: selected series over any range, as JSON or CSV."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import msgspec
from flask import Flask, Response, request

from analytics.query.series import Series
from analytics.ranges.steps import LEAST_POINTS, MOST_POINTS
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import Historical
from analytics.reports.history_reports import SOURCE_DIMENSIONS, HistoryReports
from ingest.http import csv_response, parameters
from ingest.http.problems import Unprocessable

PATH = "/api/ws/metrics/historical"
MOST_SERIES = 20
HIGHEST_POINTS = 1000
FILTERS = ("app", "service", *(name for name in parameters.FILTERS if name != "app"))
LONGEST_LIST = 2000


def register(app: Flask, history: HistoryReports, now: Callable[[], datetime]) -> None:
    """Add the route to `app`."""

    def historical() -> Response:
        accepted = ("series", *parameters.RANGE, "points", *FILTERS, "format")
        parameters.reject_unknown(request.args, accepted)
        output_format = parameters.format_of(request.args)
        window = parameters.window_of(request.args, now)
        names = series_of(request.args, history.registry)
        filters = filters_of(request.args, [history.registry[name] for name in names])
        series_report = history.history(
            window, names, filters, points_of(request.args)
        ).to_historical()
        return _as_csv(series_report, window) if output_format == "csv" else _json(series_report)

    app.add_url_rule(PATH, "api_historical", historical, methods=["GET"])


def series_of(arguments: parameters.Arguments, registry: Mapping[str, Series]) -> list[str]:
    """The requested names, in order. Raises `Unprocessable`."""
    text = arguments.get("series", "")
    names = text.split(",") if text else []
    if not names:
        raise Unprocessable("Name the series, such as active_connections.", field="series")
    if len(names) > MOST_SERIES or len(text) > LONGEST_LIST:
        raise Unprocessable(f"Ask for at most {MOST_SERIES} series at once.", field="series")
    if len(set(names)) < len(names):
        raise Unprocessable("Name each series once.", field="series")
    for name in names:
        if name not in registry:
            raise Unprocessable(
                f"There is no series {name[:64]!r}. /api/docs lists them all.", field="series"
            )
    return names


def points_of(arguments: parameters.Arguments) -> int:
    """The maximum number of points. Raises `Unprocessable`."""
    text = arguments.get("points", str(MOST_POINTS))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    if not LEAST_POINTS <= number <= HIGHEST_POINTS:
        raise Unprocessable(
            f"Give a whole number from {LEAST_POINTS} to {HIGHEST_POINTS}.", field="points"
        )
    return number


def filters_of(arguments: parameters.Arguments, selected: list[Series]) -> dict[str, str]:
    """Filters by dimension. Raises `Unprocessable` for one that none of the series has."""
    dimensions = {name for series in selected for name in SOURCE_DIMENSIONS[series.source]}
    values = {name: parameters.text_of(arguments, name) for name in FILTERS}
    for name, value in values.items():
        if value is not None and name not in dimensions:
            raise Unprocessable("None of these series can be filtered by it.", field=name)
    return {name: value for name, value in values.items() if value is not None}


def _json(historical: Historical) -> Response:
    response = Response(msgspec.json.encode(historical), content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_csv(historical: Historical, window: TimeRange) -> Response:
    """One row per step in which any series has a value: `t`, then each value and its n."""
    header = ["t", *(column for name in historical.series for column in (name, f"{name}_n"))]
    text = csv_response.table(header, _rows(historical))
    start, end = (f"{moment:%Y%m%dT%H%MZ}" for moment in (window.start, window.end))
    response = csv_response.download(text, f"history_{start}_{end}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(historical: Historical) -> Iterator[list[csv_response.Cell]]:
    lines: dict[datetime, dict[str, tuple[float, int]]] = {}
    for name, points in historical.series.items():
        for (t, value), n in zip(points, historical.n[name], strict=True):
            lines.setdefault(t, {})[name] = (value, n)
    for t in sorted(lines):
        values = (lines[t].get(name, (None, None)) for name in historical.series)
        yield [t, *(cell for pair in values for cell in pair)]
