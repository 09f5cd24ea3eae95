"""OpenAPI of historical series."""

from analytics.query.series import SERIES, SeriesSource
from analytics.ranges.steps import LEAST_POINTS, MOST_POINTS
from analytics.reports.history_answers import Historical
from ingest.api.openapi.parts import (
    VALUE,
    Document,
    filters,
    format_parameter,
    operation,
    parameter,
    problem_responses,
    response_or_csv,
    time_range,
)

from .history_views import HIGHEST_POINTS, MOST_SERIES, PATH

TYPES = (Historical,)


def simplify_points(schemas: Document) -> None:
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


def paths() -> Document:
    """The path by its address."""
    return {PATH: {"get": _historical()}}


def _historical() -> Document:
    return operation(
        "historical_metrics",
        "Server metrics",
        "Get historical metrics",
        description="Chosen series over any range; the step is the finest that gives at most "
        "`points` points. A step without a value has no point. A filter applies to the series "
        "whose source knows it; `filtered` says which. " + _names(),
        parameters=[
            _series(),
            *time_range(),
            parameter("points", "How many points of each series at most.", _points()),
            *filters(),
            parameter("service", "Series of servers: this service only.", VALUE),
            format_parameter(),
        ],
        responses={
            "200": response_or_csv("The series; as CSV one line per step.", "Historical"),
            **problem_responses(401, 403, 422, 503),
        },
    )


def _series() -> Document:
    schema: Document = {
        "type": "array",
        "items": {"type": "string", "enum": list(SERIES)},
        "minItems": 1,
        "maxItems": MOST_SERIES,
        "uniqueItems": True,
    }
    query_parameter = parameter("series", "Names of series, with commas between them.", schema)
    return {**query_parameter, "required": True, "style": "form", "explode": False}


def _points() -> Document:
    return {
        "type": "integer",
        "minimum": LEAST_POINTS,
        "maximum": HIGHEST_POINTS,
        "default": MOST_POINTS,
    }


def _names() -> str:
    of_source = {
        source: ", ".join(name for name, series in SERIES.items() if series.source is source)
        for source in SeriesSource
    }
    server, client = of_source[SeriesSource.SERVER], of_source[SeriesSource.CLIENT]
    return f"Of servers: {server}. Of browsers: {client}."
