"""The parts every operation of the description is put together from."""

from typing import Any

from ingest.access.identity import COOKIE
from ingest.reception.posted import LARGEST_BODY

from .questions import FORMATS, LONGEST_VALUE

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
LIST: Document = {"type": "array", "minItems": 1, "maxItems": 100}
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


def parameter(name: str, text: str, schema: Document) -> Document:
    """A parameter of the query, never required."""
    return {"name": name, "in": "query", "description": text, "schema": schema}


def reference(name: str) -> Document:
    """A reference to a named schema."""
    return {"$ref": REFERENCE.format(name=name)}


def answer(text: str, name: str) -> Document:
    """A JSON answer of a named schema."""
    return {"description": text, "content": {"application/json": {"schema": reference(name)}}}


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


def format_choice() -> Document:
    """The parameter `format`."""
    return parameter("format", "Shape of the answer.", {"enum": list(FORMATS), "default": "json"})
