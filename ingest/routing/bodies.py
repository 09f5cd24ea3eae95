"""JSON bodies of the API: described for OpenAPI and read from the current request."""

from collections.abc import Callable
from typing import Any

from flask import request

from ingest import payloads
from ingest.http import request_body
from ingest.http.problems import BadRequest, UnsupportedMediaType

from .route import Body, Schema

JSON = "application/json"
LINES = "application/x-ndjson"
REFERENCE = "#/components/schemas/{name}"


def reference(kind: type) -> Schema:
    """A reference to the schema of a type."""
    return {"$ref": REFERENCE.format(name=kind.__name__)}


def single_or_list(kind: type, list_name: str) -> Schema:
    """One object of a type, or up to 100 in a list under `list_name`."""
    items: Schema = {
        "type": "array", "minItems": 1, "maxItems": payloads.MOST_REPORTS, "items": reference(kind),
    }  # fmt: skip
    listed: Schema = {"type": "object", "required": [list_name], "properties": {list_name: items}}
    return {"oneOf": [reference(kind), listed]}


def object_body(kind: type, read: Callable[[Any], object]) -> Body:
    """One object of a type. `read` validates it and raises `Fault`."""
    return Body(kinds=(kind,), content={JSON: reference(kind)}, read=lambda: read(posted_object()))


def posted_object() -> dict[str, Any]:
    """The JSON object in the body. Raises `Problem`."""
    try:
        return payloads.json_object(_posted_json())
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None


def posted_item(list_name: str) -> Any:
    """The only item in the body, also of a list under `list_name`. Raises `Problem`."""
    try:
        items = payloads.items(_posted_json(), list_name)
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None
    if len(items) != 1:
        raise BadRequest(f"Send one of {list_name} at a time.")
    return items[0]


def _posted_json() -> bytes:
    if request_body.media_type(request.environ) != JSON:
        raise UnsupportedMediaType("Send application/json.")
    return request_body.body(request.environ)
