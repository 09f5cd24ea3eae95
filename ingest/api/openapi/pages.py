"""The OpenAPI document for the HTML page: operations by tag, schemas flattened into rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
FORMAT_NAMES = {"date-time": "time", "uuid": "UUID"}
MOST_NAMED = 10  # a longer enum is shown as `name`
BOUNDS = (
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("maxItems", "at most {}"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table: `connection.drops`, `integer`, `from 0 to 1000000000`."""

    path: str
    kind: str
    note: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `fields` describe its body, `response_fields` its 2xx response."""

    method: str
    path: str
    summary: str
    description: str
    callers: str
    parameters: list[Field]
    fields: list[Field]
    response_fields: list[Field]
    statuses: list[tuple[str, str]]
    example: str

    @property
    def anchor(self) -> str:
        """The fragment id on the page."""
        return f"{self.method}-{self.path.strip('/').replace('/', '-').replace('.', '-')}".lower()


def sections(document: Schema) -> dict[str, Any]:
    """The template's context: `info`, and `tags` {tag: operations} in document order."""
    tags: dict[str, list[Operation]] = {}
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            tags.setdefault(spec["tags"][0], []).append(_operation(path, method, spec, schemas))
    return {"info": document["info"], "tags": tags}


def _operation(path: str, method: str, spec: Schema, schemas: Schema) -> Operation:
    success = next(status for status in spec["responses"] if status.startswith("2"))
    return Operation(
        method=method.upper(),
        path=path,
        summary=spec["summary"],
        description=spec.get("description", ""),
        callers=_callers(spec["security"]),
        parameters=[_parameter(parameter, schemas) for parameter in spec.get("parameters", [])],
        fields=_body(spec.get("requestBody", {}), schemas),
        response_fields=_body(spec["responses"][success], schemas),
        statuses=sorted(
            (code, response["description"]) for code, response in spec["responses"].items()
        ),
        example=_example(path, method, spec),
    )


def _callers(security: list[Schema]) -> str:
    names = {name for choice in security for name in choice}
    if "ingest_key" in names:
        return "Open; with the ingest key when one is set."
    return "Signed in, or with a token." if names else "Open."


def _parameter(parameter: Schema, schemas: Schema) -> Field:
    schema = parameter["schema"]
    note = _sentences(parameter["description"], _bounds(schema))
    return Field(parameter["name"], _kind(schema, schemas), note, parameter.get("required", False))


def _body(part: Schema, schemas: Schema) -> list[Field]:
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    return list(_fields(_resolved(schema.get("oneOf", [schema])[0], schemas), schemas))


def _fields(schema: Schema, schemas: Schema, prefix: str = "") -> Iterator[Field]:
    """Depth first: an object precedes its own fields."""
    required = schema.get("required", ())
    for name, property_schema in schema.get("properties", {}).items():
        inner = _resolved(property_schema, schemas)
        note = _sentences(property_schema.get("description", ""), _bounds(inner))
        yield Field(prefix + name, _kind(inner, schemas), note, name in required)
        items = _resolved(inner.get("items", {}), schemas)
        if "properties" in items:
            yield from _fields(items, schemas, f"{prefix}{name}[].")
        yield from _fields(inner, schemas, f"{prefix}{name}.")


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    """The schema behind a reference; of `anyOf` the first that is not null."""
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        schema = choices[0]
    if "$ref" in schema:
        target: Schema = schemas[schema["$ref"].removeprefix(REFERENCE)]
        return target
    return schema


def _kind(schema: Schema, schemas: Schema) -> str:
    if len(schema.get("enum", ())) > MOST_NAMED:
        return "name"
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if "prefixItems" in schema:
        return " and ".join(
            _kind(_resolved(part, schemas), schemas) for part in schema["prefixItems"]
        )
    if schema.get("type") == "array":
        return f"list of {_kind(_resolved(schema.get('items', {}), schemas), schemas)}"
    plain: str = schema.get("type", "anything")
    return FORMAT_NAMES.get(schema.get("format", ""), plain)


def _bounds(schema: Schema) -> str:
    phrases = [text.format(_number(schema[name])) for name, text in BOUNDS if name in schema]
    return " ".join(phrases)


def _number(value: float) -> str:
    """`1,000,000,000` and `0.000001`."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def _sentences(*texts: str) -> str:
    """The non-empty texts as sentences."""
    return " ".join(text[0].upper() + text[1:].rstrip(".") + "." for text in texts if text)


def _example(path: str, method: str, spec: Schema) -> str:
    parts = ["curl"]
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if "requestBody" in spec:
        parts.append("-H 'Content-Type: application/json' -d @body.json")
    if any("token" in choice for choice in spec["security"]):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    return " ".join([*parts, f'"$SERVER{path}"'])
