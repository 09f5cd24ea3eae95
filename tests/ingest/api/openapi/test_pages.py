"""The description for people: schemas become rows, and no row loses what the schema says."""

from typing import Any

import pytest

from ingest.api.document import document
from ingest.api.openapi.pages import Field, Operation, sections

SECURED: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]


def a_document(schemas: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A description of a single operation, `GET /api/things`, with these members."""
    operation = {
        "tags": ["Things"], "summary": "Get things", "security": SECURED,
        "responses": {"200": {"description": "They are here."}}, **spec,
    }  # fmt: skip
    return {
        "info": {"title": "t"},
        "paths": {"/api/things": {"get": operation}},
        "components": {"schemas": schemas or {}},
    }


def operation_of(schemas: dict[str, Any] | None = None, **spec: Any) -> Operation:
    (operation,) = sections(a_document(schemas, **spec))["tags"]["Things"]
    assert isinstance(operation, Operation)
    return operation


def fields_of(properties: dict[str, Any], schemas: dict[str, Any] | None = None) -> list[Field]:
    schema = {"type": "object", "properties": properties, "required": ["id"]}
    content = {"application/json": {"schema": schema}}
    return operation_of(schemas, requestBody={"content": content}).fields


@pytest.mark.parametrize(
    ("schema", "kind", "note"),
    [
        ({"type": "string", "format": "date-time"}, "time", ""),
        ({"type": "string", "format": "uuid"}, "UUID", ""),
        ({"type": "string", "minLength": 1, "maxLength": 64}, "string",
         "At least 1 characters at most 64 characters."),
        ({"type": "integer", "minimum": 0, "maximum": 10**9}, "integer",
         "From 0 to 1,000,000,000."),
        ({"type": "number", "minimum": 0.000001}, "number", "From 0.000001."),
        ({"type": "array", "items": {"type": "number"}, "maxItems": 50}, "list of number",
         "At most 50."),
        ({"enum": ["a", "b", 3]}, "a or b or 3", ""),
        ({"enum": list(range(11))}, "name", ""),
        ({"type": "array", "prefixItems": [{"type": "string", "format": "date-time"},
                                           {"anyOf": [{"type": "null"}, {"type": "number"}]}]},
         "time and number", ""),
        ({}, "anything", ""),
    ],
)  # fmt: skip
def test_a_schema_becomes_a_kind_and_a_note(schema: Any, kind: str, note: str) -> None:
    assert fields_of({"x": schema}) == [Field("x", kind, note, required=False)]


def test_nested_objects_follow_their_owner_with_their_path() -> None:
    schemas = {
        "Inner": {"type": "object", "properties": {"ms": {"type": "number"}}, "required": ["ms"]}
    }
    inner = {"$ref": "#/components/schemas/Inner"}
    rows = fields_of({"id": {"type": "string"}, "one": {"anyOf": [{"type": "null"}, inner]},
                      "many": {"type": "array", "items": inner}}, schemas)  # fmt: skip
    assert [(row.path, row.kind, row.required) for row in rows] == [
        ("id", "string", True), ("one", "object", False), ("one.ms", "number", True),
        ("many", "list of object", False), ("many[].ms", "number", True),
    ]  # fmt: skip


def test_a_description_becomes_sentences_before_the_bounds() -> None:
    (row,) = fields_of({"x": {"type": "integer", "description": "how many.", "minimum": 1}})
    assert row.note == "How many. From 1."


@pytest.mark.parametrize(
    ("security", "callers", "example"),
    [
        (SECURED, "Signed in, or with a token.",
         'curl -H "Authorization: Bearer $TOKEN" "$SERVER/api/things"'),
        ([{}], "Open.", 'curl "$SERVER/api/things"'),
        ([{}, {"ingest_key": []}], "Open; with the ingest key when one is set.",
         'curl "$SERVER/api/things"'),
    ],
)  # fmt: skip
def test_it_says_who_may_call_and_how(security: Any, callers: str, example: str) -> None:
    operation = operation_of(security=security)
    assert (operation.callers, operation.example) == (callers, example)


def test_a_posted_body_is_in_the_example() -> None:
    documented = a_document()
    paths = documented["paths"]["/api/things"]
    paths["post"] = paths.pop("get") | {"requestBody": {}, "security": [{}]}
    (operation,) = sections(documented)["tags"]["Things"]
    expected = "curl -X POST -H 'Content-Type: application/json' -d @body.json"
    assert operation.example == f'{expected} "$SERVER/api/things"'


def test_statuses_are_sorted_and_the_fields_are_those_of_success() -> None:
    content = {"application/json": {"schema": {"properties": {"n": {"type": "integer"}}}}}
    operation = operation_of(
        responses={"503": {"description": "c"}, "201": {"description": "a", "content": content},
                   "401": {"description": "b"}}
    )  # fmt: skip
    assert operation.statuses == [("201", "a"), ("401", "b"), ("503", "c")]
    assert [row.path for row in operation.response_fields] == ["n"]


def test_every_operation_of_the_product_has_an_anchor_of_its_own() -> None:
    tags = sections(document())["tags"]
    anchors = [operation.anchor for operations in tags.values() for operation in operations]
    assert len(set(anchors)) == len(anchors) > 30
    assert not [anchor for anchor in anchors if "/" in anchor or "." in anchor]


def test_every_operation_of_the_product_shows_who_may_call_it_and_what_comes_back() -> None:
    for operations in sections(document())["tags"].values():
        for operation in operations:
            assert operation.statuses[0][0].startswith("2"), operation.path
            assert all(text for _, text in operation.statuses), operation.path
            assert all(row.note for row in operation.parameters), operation.path
