"""One route of the API as data: who may use it, what it takes, what it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.formatting.csv_text import Cell
from ingest.access.rules import ANONYMOUS, VIEWERS
from ingest.http.parameters import Arguments

Schema = dict[str, Any]
Roles = frozenset[str]
# (services, **ids, **inputs, payload) -> the answer: a value, `None`, or a complete `Response`.
View = Callable[..., object]
FORMAT = "format"
OF_CSV = (FORMAT, "times", "tz")
LARGEST_ID = 2**53 - 1  # the largest integer every JSON reader represents exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An answer as CSV: the name of its file, the header, and its rows."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class PathId:
    """An id in a path, `{name}`, and the argument of the view. Werkzeug's `converter` reads it."""

    name: str
    text: str
    converter: str
    schema: Schema


def number_id(name: str) -> PathId:
    """A positive integer; one above `LARGEST_ID` does not exist."""
    schema: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    return PathId(name, "Its number.", "int", schema)


def uuid_id(name: str, text: str) -> PathId:
    """A UUID."""
    return PathId(name, text, "uuid", {"type": "string", "format": "uuid"})


@dataclass(frozen=True, slots=True)
class Input:
    """Query parameters that are read together into one argument of the view.

    `parameters` are OpenAPI's, `read` raises `Unprocessable`.
    """

    argument: str
    parameters: tuple[Schema, ...]
    read: Callable[[Arguments, Callable[[], datetime]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A JSON body as the argument `payload` of the view. `read` takes it from the current request
    and raises `Problem` and `Fault`; `None` where the collector reads it."""

    kinds: tuple[type, ...]
    content: Mapping[str, Schema]
    read: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSpec:
    """One response of a route. `kind` is the JSON's type, `line_kind` that of each line where it
    streams JSON lines; `media` what else it may be, by media type; `as_csv` makes the table that
    `format=csv` selects."""

    text: str
    status: int = 200
    kind: type | None = None
    line_kind: type | None = None
    media: Mapping[str, Schema] | None = None
    headers: tuple[str, ...] = ()
    as_csv: Callable[[Any], Table] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path. `name` is OpenAPI's `operationId`.

    Without a `view` the collector serves it, below Flask where it can; the entry then describes it
    and says who may use it. `problems` are the statuses that do not follow from the other fields.
    `takes_ingest_key`: an open route that asks for the ingest key where one is set.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    response: ResponseSpec
    view: View | None = None
    roles: Roles = VIEWERS
    description: str = ""
    ids: tuple[PathId, ...] = ()
    inputs: tuple[Input, ...] = ()
    body: Body | None = None
    other_responses: tuple[ResponseSpec, ...] = ()
    problems: tuple[int, ...] = ()
    takes_ingest_key: bool = False

    @property
    def rule(self) -> str:
        """The path as Flask writes it: `/api/ws/alerts/<int:alert_id>`."""
        rule = self.path
        for path_id in self.ids:
            rule = rule.replace(f"{{{path_id.name}}}", f"<{path_id.converter}:{path_id.name}>")
        return rule

    @property
    def is_open(self) -> bool:
        """Whether anonymous callers may use it."""
        return ANONYMOUS in self.roles

    @property
    def query_names(self) -> tuple[str, ...]:
        """The accepted query parameters."""
        names = [each["name"] for source in self.inputs for each in source.parameters]
        of_csv = OF_CSV if self.response.as_csv else ()
        return tuple(dict.fromkeys((*names, *of_csv)))


def access(routes: Sequence[Route]) -> dict[tuple[str, str], Roles]:
    """Roles by (method, rule), as `ingest.access.rules.Rules` takes them."""
    return {(route.method, route.rule): route.roles for route in routes}
