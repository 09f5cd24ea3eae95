"""Building blocks of the OpenAPI operations."""

from typing import Any

from ingest.access.identity import COOKIE
from ingest.http.parameters import FORMATS, LONGEST_VALUE
from ingest.http.request_body import LARGEST_BODY
from ingest.payloads.decoding import MOST_REPORTS
from models.metrics.dimensions import DIMENSIONS, UNKNOWN

REFERENCE = "#/components/schemas/{name}"
Document = dict[str, Any]

PROBLEM: Document = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `field` names the part of the request at fault, where one is.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
    },
}
SECURITY_SCHEMES: Document = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token made with `./scripts/accounts token NAME --role analyst`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session of somebody signed in at `/login`.",
    },
    "ingest_key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Ingest-Key",
        "description": "Asked for when METRICS_INGEST_KEY is set.",
    },
}
READERS: list[Document] = [{"token": []}, {"session": []}]
ANYBODY: list[Document] = [{}]
REASONS = {
    400: "The request cannot be understood.",
    401: "Nobody is signed in, or the token is unknown.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    409: "It is in a state, or in a number, that does not allow this.",
    413: f"The body is larger than {LARGEST_BODY} bytes.",
    415: "The body has a type we do not read.",
    422: "A value is not acceptable; `field` names it.",
    429: "Over the rate; `Retry-After` says when to come back, in seconds.",
    503: "The store is away; `Retry-After` says when to come back, in seconds.",
}
VALUE: Document = {
    "type": "string",
    "maxLength": LONGEST_VALUE,
    "pattern": r"^[^\u0000-\u001f\u007f]*$",
}
RETRYABLE = frozenset({429, 503})


def operation(name: str, tag: str, summary: str, **more: object) -> Document:
    """An operation for authenticated readers; fields in `more` override."""
    return {"operationId": name, "tags": [tag], "summary": summary, "security": READERS, **more}


def parameter(name: str, text: str, schema: Document) -> Document:
    """An optional query parameter."""
    return {"name": name, "in": "query", "description": text, "schema": schema}


def path_parameter(name: str, text: str, schema: Document) -> Document:
    """A path parameter."""
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def body(schema: Document) -> Document:
    """A required JSON request body."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def reference(name: str) -> Document:
    """A reference to a named schema."""
    return {"$ref": REFERENCE.format(name=name)}


def single_or_list(name: str, plural: str) -> Document:
    """One object of a named schema, or up to 100 in a list under `plural`."""
    schema = reference(name)
    schemas: Document = {"type": "array", "minItems": 1, "maxItems": MOST_REPORTS, "items": schema}
    return {
        "oneOf": [
            schema,
            {"type": "object", "required": [plural], "properties": {plural: schemas}},
        ]
    }


def response(text: str, name: str) -> Document:
    """A JSON response of a named schema."""
    return {"description": text, "content": {"application/json": {"schema": reference(name)}}}


def response_or_csv(text: str, name: str) -> Document:
    """A JSON response of a named schema that is also available as CSV."""
    with_csv = response(text, name)
    with_csv["content"]["text/csv"] = {"schema": {"type": "string"}}
    return with_csv


def problem_responses(*statuses: int) -> Document:
    """Error responses with these statuses, as problem documents."""
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> Document:
    problem: Document = {
        "description": REASONS[status],
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    }
    if status in RETRYABLE:
        problem["headers"] = {
            "Retry-After": {"schema": {"type": "integer", "minimum": 0}, "required": True}
        }
    return problem


def time_range() -> list[Document]:
    """The parameters `start` and `end`."""
    moment: Document = {"type": "string", "format": "date-time"}
    return [
        parameter("start", "Start of the range; default: 24 h before its end.", moment),
        parameter("end", "End of the range, exclusive; default: now.", moment),
    ]


def filters() -> list[Document]:
    """The filter parameters, one per dimension."""
    return [
        parameter(name, f"{label}: this value only; `{UNKNOWN}` asks for reports without.", VALUE)
        for name, label in DIMENSIONS.items()
    ]


def format_parameter() -> Document:
    """The parameter `format`."""
    return parameter("format", "Shape of the answer.", {"enum": list(FORMATS), "default": "json"})
