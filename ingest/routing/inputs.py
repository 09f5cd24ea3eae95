"""The query parameters of the API: each described for OpenAPI and read by one function."""

from collections.abc import Callable, Sequence
from datetime import datetime

from analytics.ranges import rolling
from analytics.ranges.zones import LONGEST_NAME
from ingest.http import parameters
from ingest.http.parameters import LONGEST_VALUE, Arguments
from models.metrics.dimensions import AUTOMATED, DIMENSIONS, ONLY, UNKNOWN

from .route import Input, Schema

VALUE: Schema = {
    "type": "string",
    "maxLength": LONGEST_VALUE,
    "pattern": r"^[^\u0000-\u001f\u007f]*$",
}
MOMENT: Schema = {"type": "string", "format": "date-time"}
ROLLING: Schema = {
    "type": "string", "pattern": f"^({rolling.PATTERN})$", "examples": ["3h", "7d", "yesterday"],
}  # fmt: skip
ZONE: Schema = {"type": "string", "maxLength": LONGEST_NAME, "examples": ["Europe/Berlin"]}


def parameter(name: str, text: str, schema: Schema) -> Schema:
    """An optional query parameter as OpenAPI describes it."""
    return {"name": name, "in": "query", "description": text, "schema": schema}


RANGE = (
    parameter("start", "Start of the range; default: 24 h before its end.", MOMENT),
    parameter("end", "End of the range, exclusive; default: now.", MOMENT),
    parameter(
        "range",
        "Length of the range, instead of `start`: `15m`, `3h`, `7d`; or a period of the calendar, "
        "instead of both ends: `yesterday`, `last-week`.",
        ROLLING,
    ),
    parameter("tz", "IANA time zone whose days those of `range` are; default: UTC.", ZONE),
)
WINDOW = Input("window", RANGE, parameters.window_of)
TIMES = parameter(
    "times",
    "Of a CSV: `local` writes times as `2026-03-02 13:00:00` of the zone `tz`, which the header "
    "names, as spreadsheets read them; by default they are ISO 8601.",
    {"enum": list(parameters.TIMES), "default": parameters.TIMES[0]},
)
WALL_TIMES = Input("times", (TIMES,), lambda arguments, _now: parameters.times_of(arguments))
OF_AUTOMATED = parameter(
    AUTOMATED, "Crawlers, headless checks and uptime probes alone; default: people.",
    {"enum": [ONLY]},
)  # fmt: skip
_OF_DIMENSIONS = tuple(
    parameter(name, f"{label}: this value only; `{UNKNOWN}` asks for reports without.", VALUE)
    for name, label in DIMENSIONS.items()
)
FILTERS = Input(
    "filters",
    (*_OF_DIMENSIONS, OF_AUTOMATED),
    lambda arguments, _now: parameters.filters_of(arguments),
)
OF_PEOPLE = Input(
    "filters", _OF_DIMENSIONS, lambda arguments, _now: parameters.filters_of(arguments)
)
OF_SESSIONS = Input(  # a session has many pages
    "filters",
    tuple(each for each in _OF_DIMENSIONS if each["name"] != "page"),
    lambda arguments, _now: parameters.filters_of(arguments),
)


def text(name: str, description: str) -> Input:
    """A text of at most 256 characters, `None` when absent or empty."""
    return Input(
        name,
        (parameter(name, description, VALUE),),
        lambda arguments, _now: parameters.text_of(arguments, name),
    )


def texts(argument: str, described: Sequence[Schema]) -> Input:
    """Texts by name, without the absent and empty ones."""

    def read(arguments: Arguments, _now: Callable[[], datetime]) -> dict[str, str]:
        names = [each["name"] for each in described]
        values = {name: parameters.text_of(arguments, name) for name in names}
        for each in described:
            if choices := each["schema"].get("enum"):
                parameters.option_of(arguments, each["name"], choices)
        return {name: value for name, value in values.items() if value is not None}

    return Input(argument, tuple(described), read)


def option(name: str, description: str, choices: Sequence[str]) -> Input:
    """One of `choices`, `None` when absent."""
    return Input(
        name,
        (parameter(name, description, {"enum": list(choices)}),),
        lambda arguments, _now: parameters.option_of(arguments, name, choices),
    )


def flag(name: str, description: str) -> Input:
    """A boolean, by default false."""
    schema: Schema = {"enum": ["false", "true"], "default": "false"}
    return Input(
        name,
        (parameter(name, description, schema),),
        lambda arguments, _now: parameters.choice_of(arguments, name, schema["enum"]) == "true",
    )


def number(name: str, description: str, most: int) -> Input:
    """An integer from 1 to `most`, `None` when absent."""
    schema: Schema = {"type": "integer", "minimum": 1, "maximum": most}
    return Input(
        name,
        (parameter(name, description, schema),),
        lambda arguments, _now: parameters.number_of(arguments, name, most),
    )
