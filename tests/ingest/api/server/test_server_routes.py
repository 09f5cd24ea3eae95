"""Who may send samples and events, and what Prometheus gets."""

from ingest.access.rules import SENDERS
from ingest.api.openapi import operations
from ingest.api.server.server_routes import ROUTES

OF_NAME = {route.name: operations.operation(route) for route in ROUTES}


def test_samples_and_events_are_for_senders_alone() -> None:
    assert {r.name for r in ROUTES if r.roles == SENDERS} == {
        "submit_server_metrics", "submit_event",
    }  # fmt: skip


def test_samples_come_singly_or_in_a_list_and_events_singly() -> None:
    samples, event = (
        OF_NAME[name]["requestBody"]["content"]["application/json"]["schema"]
        for name in ("submit_server_metrics", "submit_event")
    )
    assert "samples" in samples["oneOf"][1]["properties"]
    assert event == {"$ref": "#/components/schemas/EventPayload"}


def test_prometheus_gets_text() -> None:
    assert set(OF_NAME["prometheus"]["responses"]["200"]["content"]) == {"text/plain"}
