"""The building blocks of the description agree with the limits that the code enforces."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from ingest.api.document import document
from ingest.api.openapi import parts
from ingest.http.parameters import FILTERS, LONGEST_VALUE, text_of
from ingest.http.problems import Unprocessable
from ingest.payloads.decoding import MOST_REPORTS


@pytest.mark.parametrize("text", ["a", "é<b>", "a\nb", "\x7f", "x" * 256, "x" * 257])
def test_the_described_filter_values_are_those_accepted(text: str) -> None:
    is_described = bool(re.search(parts.VALUE["pattern"], text)) and len(text) <= LONGEST_VALUE
    try:
        is_accepted = text_of(MultiDict({"app": text}), "app") == text
    except Unprocessable:
        is_accepted = False
    assert is_described is is_accepted


def test_every_dimension_has_its_filter() -> None:
    assert [described["name"] for described in parts.filters()] == list(FILTERS)
    assert all(described["in"] == "query" for described in parts.filters())


def test_only_problems_that_pass_by_themselves_say_when_to_come_back() -> None:
    responses = parts.problem_responses(*parts.REASONS)
    waiting = {status for status, problem in responses.items() if "headers" in problem}
    assert waiting == {"429", "503"}
    assert all(response["description"] for response in responses.values())


def test_an_operation_is_for_readers_unless_it_says_otherwise() -> None:
    assert parts.operation("a", "t", "s")["security"] == [{"token": []}, {"session": []}]
    assert parts.operation("a", "t", "s", security=parts.ANYBODY)["security"] == [{}]


def test_a_batch_is_a_single_object_or_a_list_within_the_limit() -> None:
    single, batch = parts.single_or_list("Thing", "things")["oneOf"]
    listed = batch["properties"]["things"]
    assert single == listed["items"] == {"$ref": "#/components/schemas/Thing"}
    assert (listed["minItems"], listed["maxItems"]) == (1, MOST_REPORTS)
    assert batch["required"] == ["things"]


def test_csv_stands_beside_json() -> None:
    with_csv = parts.response_or_csv("Rows.", "Thing")
    assert set(with_csv["content"]) == {"application/json", "text/csv"}
    assert set(parts.response("Rows.", "Thing")["content"]) == {"application/json"}


def test_a_path_parameter_is_required_and_a_query_parameter_is_not() -> None:
    assert parts.path_parameter("id", "Its number.", {})["required"] is True
    assert "required" not in parts.parameter("app", "This app.", {})


def test_every_reference_of_the_product_leads_to_a_schema() -> None:
    described = document()
    schemas = described["components"]["schemas"]
    referenced = set(re.findall(r"#/components/schemas/(\w+)", str(described)))
    assert referenced - schemas.keys() == set()
    assert len(referenced) > 20


def test_every_security_scheme_that_is_used_is_described() -> None:
    described = document()
    used = {
        name
        for methods in described["paths"].values()
        for operation in methods.values()
        for choice in operation["security"]
        for name in choice
    }
    assert used == set(described["components"]["securitySchemes"])
