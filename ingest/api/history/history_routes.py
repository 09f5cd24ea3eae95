"""`GET /api/ws/metrics/historical`: selected series over any range, as JSON or CSV."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from analytics.formatting.csv_text import Cell
from analytics.query.query import SeriesSource
from analytics.query.series import SERIES
from analytics.ranges.steps import LEAST_POINTS, MOST_POINTS
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_answers import Historical
from analytics.reports.history_reports import SOURCE_FILTERS
from analytics.services.services import Services
from ingest.http.parameters import Arguments
from ingest.http.problems import Unprocessable
from ingest.routing.inputs import FILTERS, VALUE, WINDOW, parameter, texts
from ingest.routing.route import Input, ResponseSpec, Route, Schema, Table
from ingest.routing.series_table import ranged_name, with_reasons

PATH = "/api/ws/metrics/historical"
MOST_SERIES = 20
HIGHEST_POINTS = 1000
LONGEST_LIST = 2000
SERIES_NAMES: Schema = {
    "type": "array",
    "items": {"type": "string", "enum": list(SERIES)},
    "minItems": 1,
    "maxItems": MOST_SERIES,
    "uniqueItems": True,
}
POINTS: Schema = {
    "type": "integer",
    "minimum": LEAST_POINTS,
    "maximum": HIGHEST_POINTS,
    "default": MOST_POINTS,
}


def historical(
    services: Services,
    window: TimeRange,
    series: Sequence[str],
    points: int,
    filters: Mapping[str, str],
) -> Historical:
    """`GET /api/ws/metrics/historical`."""
    check_filters(filters, series)
    return services.history.history(window, series, filters, points).to_historical()


def series_of(arguments: Arguments) -> list[str]:
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
        if name not in SERIES:
            raise Unprocessable(
                f"There is no series {name[:64]!r}. /api/docs lists them all.", field="series"
            )
    return names


def points_of(arguments: Arguments) -> int:
    """The maximum number of points. Raises `Unprocessable`."""
    text = arguments.get("points", str(MOST_POINTS))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    if not LEAST_POINTS <= number <= HIGHEST_POINTS:
        raise Unprocessable(
            f"Give a whole number from {LEAST_POINTS} to {HIGHEST_POINTS}.", field="points"
        )
    return number


def check_filters(filters: Mapping[str, str], series: Sequence[str]) -> None:
    """Raise `Unprocessable` for a filter that none of the series has."""
    dimensions = {each for name in series for each in SOURCE_FILTERS[SERIES[name].source]}
    for name in filters:
        if name not in dimensions:
            raise Unprocessable("None of these series can be filtered by it.", field=name)


def as_csv(report: Historical) -> Table:
    """One row per step in which any series has a value: `t`, then each value and its n."""
    table = Table(
        name=ranged_name("history", report.start, report.end),
        header=["t", *(column for name in report.series for column in (name, f"{name}_n"))],
        rows=list(_rows(report)),
    )
    return with_reasons(table, report.not_counted)


def _rows(report: Historical) -> Iterator[list[Cell]]:
    lines: dict[datetime, dict[str, tuple[float, int]]] = {}
    for name, points in report.series.items():
        for (t, value), n in zip(points, report.n[name], strict=True):
            lines.setdefault(t, {})[name] = (value, n)
    for t in sorted(lines):
        values = (lines[t].get(name, (None, None)) for name in report.series)
        yield [t, *(cell for pair in values for cell in pair)]


def simplify_points(schemas: Schema) -> None:
    """Describe a point without `prefixItems`, which many tools cannot read."""
    point = {
        "type": "array",
        "description": "The time a step starts, and its value.",
        "items": {"type": ["string", "number"]},
        "minItems": 2,
        "maxItems": 2,
    }
    series = schemas["Historical"]["properties"]["series"]
    series["additionalProperties"] = {"type": "array", "items": point}


def _names() -> str:
    of_source = {
        source: ", ".join(name for name, series in SERIES.items() if series.source is source)
        for source in SeriesSource
    }
    server, client = of_source[SeriesSource.SERVER], of_source[SeriesSource.CLIENT]
    return f"Of servers: {server}. Of browsers: {client}."


def _series_parameter() -> Schema:
    described = parameter("series", "Names of series, with commas between them.", SERIES_NAMES)
    return {**described, "required": True, "style": "form", "explode": False}


SERVICE = parameter("service", "Series of servers: this service only.", VALUE)
ROUTES = (
    Route(
        method="GET",
        path=PATH,
        name="historical_metrics",
        tag="Server metrics",
        summary="Get historical metrics",
        description="Chosen series over any range; the step is the finest that gives at most "
        "`points` points. A step without a value has no point. A filter applies to the series "
        "whose source knows it; `filtered` says which. " + _names(),
        inputs=(
            Input("series", (_series_parameter(),), lambda arguments, _: series_of(arguments)),
            WINDOW,
            Input(
                "points",
                (parameter("points", "How many points of each series at most.", POINTS),),
                lambda arguments, _: points_of(arguments),
            ),
            texts("filters", (*FILTERS.parameters, SERVICE)),
        ),
        view=historical,
        response=ResponseSpec(
            text="The series; as CSV one line per step.", kind=Historical, as_csv=as_csv
        ),
    ),
)
