"""OpenAPI operations, made of the entries of the route table."""

from collections.abc import Sequence
from typing import Any

from ingest.access.identity import COOKIE
from ingest.http.parameters import FORMATS
from ingest.http.request_body import LARGEST_BODY
from ingest.routing.bodies import JSON, LINES, REFERENCE, reference
from ingest.routing.inputs import TIMES, parameter
from ingest.routing.route import FORMAT, ResponseSpec, Route

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
RETRYABLE = frozenset({429, 503})
CSV = "text/csv"
TEXT: Document = {"type": "string"}


def paths(routes: Sequence[Route]) -> Document:
    """The operations by path and method."""
    described: Document = {}
    for route in routes:
        described.setdefault(route.path, {})[route.method.lower()] = operation(route)
    return described


def operation(route: Route) -> Document:
    """One operation. What follows from the entry: security, parameters, body, statuses."""
    described: Document = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "security": _security(route),
        "responses": _responses(route),
    }
    if route.description:
        described["description"] = route.description
    parameters = _parameters(route)
    if parameters:
        described["parameters"] = parameters
    if route.body is not None:
        content = {media: {"schema": schema} for media, schema in route.body.content.items()}
        described["requestBody"] = {"required": True, "content": content}
    return described


def kinds(routes: Sequence[Route]) -> list[type]:
    """The types of all bodies and answers."""
    responses = [each for route in routes for each in (route.response, *route.other_responses)]
    bodies = [kind for route in routes if route.body for kind in route.body.kinds]
    answers = [kind for each in responses for kind in (each.kind, each.line_kind) if kind]
    return list(dict.fromkeys([*bodies, *answers]))


def problem_statuses(route: Route) -> set[int]:
    """Statuses that come as problem documents."""
    statuses = set(route.problems)
    if not route.is_open:
        statuses |= {401, 403, 503}
    if route.view is not None or route.body is not None:
        statuses.add(422)
    if route.ids:
        statuses.add(404)
    if route.body is not None:
        statuses |= {400, 413, 415}
    return statuses


def _security(route: Route) -> list[Document]:
    if not route.is_open:
        return [{"token": []}, {"session": []}]
    return [{}, {"ingest_key": []}] if route.takes_ingest_key else [{}]


def _parameters(route: Route) -> list[Document]:
    of_path = [
        {"name": each.name, "in": "path", "required": True, "description": each.text,
         "schema": each.schema}
        for each in route.ids
    ]  # fmt: skip
    of_query = [each for source in route.inputs for each in source.parameters]
    if FORMAT in route.query_names:
        formats: Document = {"enum": list(FORMATS), "default": FORMATS[0]}
        of_query += [parameter(FORMAT, "Shape of the answer.", formats), TIMES]
    return of_path + of_query


def _responses(route: Route) -> Document:
    problems = {str(status): _problem(status) for status in sorted(problem_statuses(route))}
    specs = (route.response, *route.other_responses)
    return problems | {str(spec.status): _response(spec) for spec in specs}


def _response(spec: ResponseSpec) -> Document:
    content: Document = {}
    if spec.kind is not None:
        content[JSON] = {"schema": reference(spec.kind)}
    if spec.line_kind is not None:
        content[LINES] = {"schema": reference(spec.line_kind)}
    if spec.as_csv is not None:
        content[CSV] = {"schema": TEXT}
    content |= {media: {"schema": schema} for media, schema in (spec.media or {}).items()}
    described: Document = {"description": spec.text}
    if content:
        described["content"] = content
    if spec.headers:
        described["headers"] = {name: {"schema": TEXT, "required": True} for name in spec.headers}
    return described


def _problem(status: int) -> Document:
    problem: Document = {
        "description": REASONS[status],
        "content": {
            "application/problem+json": {"schema": {"$ref": REFERENCE.format(name="Problem")}}
        },
    }
    if status in RETRYABLE:
        problem["headers"] = {
            "Retry-After": {"schema": {"type": "integer", "minimum": 0}, "required": True}
        }
    return problem
