"""The description of client reports follows the catalogue."""

from typing import Any

import msgspec

from ingest.api.client import client_routes
from ingest.api.document import document
from ingest.payloads.schema import SECTIONS, ReportPayload
from ingest.routing.bodies import REFERENCE
from models.metrics.client_catalogue import CATALOG, METRICS


def schemas() -> dict[str, Any]:
    _, components = msgspec.json.schema_components([ReportPayload], ref_template=REFERENCE)
    return components


def test_every_metric_of_the_catalogue_describes_its_field() -> None:
    described = schemas()
    client_routes.add_descriptions(described)
    texts = {
        field.get("description")
        for schema in described.values()
        for field in schema.get("properties", {}).values()
    }
    sent = {
        m.help for m in CATALOG if any(path.rpartition(".")[0] in SECTIONS for path in m.fields)
    }
    assert sent <= texts


def test_a_field_that_no_schema_has_is_left_out() -> None:
    described = schemas()
    for schema in described.values():
        schema.get("properties", {}).pop("drops", None)
    client_routes.add_descriptions(described)
    assert METRICS["drops"].help not in str(described)


def test_reports_may_be_posted_by_anybody_and_read_by_those_signed_in() -> None:
    paths = document()["paths"]
    assert {} in paths[client_routes.PATH]["post"]["security"]
    assert paths[client_routes.PATH]["options"]["security"] == [{}]
    assert {} not in paths[f"{client_routes.PATH}/summary"]["get"]["security"]


def test_a_beacon_may_send_the_report_as_plain_text() -> None:
    body = document()["paths"][client_routes.PATH]["post"]["requestBody"]
    assert set(body["content"]) == {"application/json", "text/plain"}


def test_a_refused_batch_is_answered_by_a_receipt() -> None:
    responses = document()["paths"][client_routes.PATH]["post"]["responses"]
    for status in ("201", "422"):
        schema = responses[status]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Receipt"}
