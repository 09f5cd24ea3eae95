"""The description as a page draws it: operations by tag, and schemas flattened into rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
WORDS = {"date-time": "time", "uuid": "UUID"}
MOST_NAMED = 10  # a longer list of choices stands in words, not in a column
BOUNDS = (
    ("minimum", "from {}"),
    ("maximum", "to {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("maxItems", "at most {}"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table: `connection.drops`, `integer`, `from 0 to 1000000000`."""

    path: str
    kind: str
    note: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `fields` describe its body, `answers` its 2xx answer."""

    method: str
    path: str
    summary: str
    description: str
    callers: str
    parameters: list[Field]
    fields: list[Field]
    answers: list[Field]
    statuses: list[tuple[str, str]]
    example: str

    @property
    def anchor(self) -> str:
        """Where the page jumps to."""
        return f"{self.method}-{self.path.strip('/').replace('/', '-').replace('.', '-')}".lower()


def sections(document: Schema) -> dict[str, Any]:
    """What the template needs: `info`, and `tags` {tag: operations} in their order."""
    tags: dict[str, list[Operation]] = {}
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, found in methods.items():
            tags.setdefault(found["tags"][0], []).append(_operation(path, method, found, schemas))
    return {"info": document["info"], "tags": tags}


def _operation(path: str, method: str, found: Schema, schemas: Schema) -> Operation:
    success = next(status for status in found["responses"] if status.startswith("2"))
    return Operation(
        method=method.upper(),
        path=path,
        summary=found["summary"],
        description=found.get("description", ""),
        callers=_callers(found["security"]),
        parameters=[_parameter(parameter, schemas) for parameter in found.get("parameters", [])],
        fields=_body(found.get("requestBody", {}), schemas),
        answers=_body(found["responses"][success], schemas),
        statuses=sorted(
            (code, answer["description"]) for code, answer in found["responses"].items()
        ),
        example=_example(path, method, found),
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
    """Depth first, so that a part stands above its own parts."""
    required = schema.get("required", ())
    for name, found in schema.get("properties", {}).items():
        inner = _resolved(found, schemas)
        note = _sentences(found.get("description", ""), _bounds(inner))
        yield Field(prefix + name, _kind(inner, schemas), note, name in required)
        items = _resolved(inner.get("items", {}), schemas)
        if "properties" in items:
            yield from _fields(items, schemas, f"{prefix}{name}[].")
        yield from _fields(inner, schemas, f"{prefix}{name}.")


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    """What a reference stands for; of several choices the first that is not null."""
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        schema = choices[0]
    if "$ref" in schema:
        found: Schema = schemas[schema["$ref"].removeprefix(REFERENCE)]
        return found
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
    return WORDS.get(schema.get("format", ""), plain)


def _bounds(schema: Schema) -> str:
    found = [text.format(_number(schema[name])) for name, text in BOUNDS if name in schema]
    return " ".join(found)


def _number(value: float) -> str:
    """`1,000,000,000` and `0.000001`."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def _sentences(*texts: str) -> str:
    """The texts that are there, as sentences."""
    return " ".join(text[0].upper() + text[1:].rstrip(".") + "." for text in texts if text)


def _example(path: str, method: str, found: Schema) -> str:
    parts = ["curl"]
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if "requestBody" in found:
        parts.append("-H 'Content-Type: application/json' -d @body.json")
    if any("token" in choice for choice in found["security"]):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    return " ".join([*parts, f'"$SERVER{path}"'])
