"""What follows from an entry of the route table, and that the product's description is complete."""

import re
from typing import Any

from ingest.access.rules import EVERYBODY
from ingest.api.document import document
from ingest.api.openapi import operations
from ingest.routing.bodies import object_body
from ingest.routing.inputs import WINDOW
from ingest.routing.route import ResponseSpec, Table, number_id
from tests.support.routes import Thing, a_route


def statuses(**fields: Any) -> set[int]:
    return {int(status) for status in operations.operation(a_route(**fields))["responses"]}


def test_statuses_follow_from_roles_ids_and_body() -> None:
    assert statuses() == {200, 401, 403, 422, 503}
    assert statuses(roles=EVERYBODY) == {200, 422}
    assert statuses(ids=(number_id("thing_id"),)) == {200, 401, 403, 404, 422, 503}
    taken = object_body(Thing, lambda item: item)
    assert statuses(body=taken) - statuses() == {400, 413, 415}
    assert statuses(problems=(409,)) - statuses() == {409}


def test_security_follows_from_roles() -> None:
    signed_in: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    assert operations.operation(a_route())["security"] == signed_in
    assert operations.operation(a_route(roles=EVERYBODY))["security"] == [{}]
    keyed = a_route(roles=EVERYBODY, takes_ingest_key=True)
    assert operations.operation(keyed)["security"] == [{}, {"ingest_key": []}]


def test_csv_stands_beside_json_and_adds_its_parameter() -> None:
    table = Table(name="things.csv", header=[], rows=[])
    route = a_route(
        inputs=(WINDOW,), response=ResponseSpec(text="Rows.", kind=Thing, as_csv=lambda _: table)
    )
    described = operations.operation(route)
    assert set(described["responses"]["200"]["content"]) == {"application/json", "text/csv"}
    assert [each["name"] for each in described["parameters"]] == list(route.query_names)
    assert route.query_names == ("start", "end", "range", "tz", "format", "times")


def test_only_problems_that_pass_by_themselves_say_when_to_come_back() -> None:
    described = operations.operation(a_route(problems=tuple(operations.REASONS)))["responses"]
    assert {status for status, each in described.items() if "headers" in each} == {"429", "503"}
    assert all(each["description"] for each in described.values())


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
