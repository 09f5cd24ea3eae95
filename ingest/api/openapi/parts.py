"""The parts every operation of the description is put together from."""

from typing import Any

from ingest.access.identity import COOKIE
from ingest.http.parameters import FORMATS, LONGEST_VALUE
from ingest.http.request_body import LARGEST_BODY
from ingest.payloads.decoding import MOST_REPORTS
from models.metrics.client_catalogue import DIMENSIONS, UNKNOWN

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
CAN_WAIT = frozenset({429, 503})


def operation(name: str, tag: str, summary: str, **more: object) -> Document:
    """An operation for readers; `more` are its other fields, which win."""
    return {"operationId": name, "tags": [tag], "summary": summary, "security": READERS, **more}


def parameter(name: str, text: str, schema: Document) -> Document:
    """A parameter of the query, never required."""
    return {"name": name, "in": "query", "description": text, "schema": schema}


def in_path(name: str, text: str, schema: Document) -> Document:
    """A part of the address that names the thing asked for."""
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def body(schema: Document) -> Document:
    """The JSON that must be sent."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def reference(name: str) -> Document:
    """A reference to a named schema."""
    return {"$ref": REFERENCE.format(name=name)}


def one_or_many(name: str, plural: str) -> Document:
    """One of a named schema, or up to 100 of them under `plural`."""
    one = reference(name)
    many: Document = {"type": "array", "minItems": 1, "maxItems": MOST_REPORTS, "items": one}
    return {
        "oneOf": [
            one,
            {"type": "object", "required": [plural], "properties": {plural: many}},
        ]
    }


def answer(text: str, name: str) -> Document:
    """A JSON answer of a named schema."""
    return {"description": text, "content": {"application/json": {"schema": reference(name)}}}


def rows(text: str, name: str) -> Document:
    """An answer of a named schema that can be had as CSV too."""
    found = answer(text, name)
    found["content"]["text/csv"] = {"schema": {"type": "string"}}
    return found


def problems(*statuses: int) -> Document:
    """The refusals with these statuses, as problem documents."""
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> Document:
    refusal: Document = {
        "description": REASONS[status],
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    }
    if status in CAN_WAIT:
        refusal["headers"] = {
            "Retry-After": {"schema": {"type": "integer", "minimum": 0}, "required": True}
        }
    return refusal


def time_range() -> list[Document]:
    """The parameters `start` and `end`."""
    moment: Document = {"type": "string", "format": "date-time"}
    return [
        parameter("start", "Start of the range; default: 24 h before its end.", moment),
        parameter("end", "End of the range, exclusive; default: now.", moment),
    ]


def filters() -> list[Document]:
    """The parameters that choose reports by one value of a dimension."""
    return [
        parameter(name, f"{label}: this value only; `{UNKNOWN}` asks for reports without.", VALUE)
        for name, label in DIMENSIONS.items()
    ]


def format_choice() -> Document:
    """The parameter `format`."""
    return parameter("format", "Shape of the answer.", {"enum": list(FORMATS), "default": "json"})
