"""The description of samples and events: who may send them, and what comes back."""

from ingest.api.server import server_openapi
from ingest.collector.server_samples import EVENTS_PATH, SAMPLES_PATH


def test_samples_and_events_are_for_authenticated_senders_alone() -> None:
    paths = server_openapi.paths()
    for path in (SAMPLES_PATH, EVENTS_PATH):
        post = paths[path]["post"]
        assert {} not in post["security"]
        assert {"401", "403", "413", "415", "429", "503"} <= post["responses"].keys()


def test_samples_come_singly_or_in_a_list_and_events_singly() -> None:
    paths = server_openapi.paths()
    contents = [
        paths[path]["post"]["requestBody"]["content"] for path in (SAMPLES_PATH, EVENTS_PATH)
    ]
    samples, event = (content["application/json"]["schema"] for content in contents)
    assert "samples" in samples["oneOf"][1]["properties"]
    assert event == {"$ref": "#/components/schemas/EventPayload"}


def test_prometheus_gets_text_and_server_metrics_json_or_csv() -> None:
    paths = server_openapi.paths()
    assert set(paths["/metrics"]["get"]["responses"]["200"]["content"]) == {"text/plain"}
    metrics = paths["/api/ws/metrics"]["get"]
    assert set(metrics["responses"]["200"]["content"]) == {"application/json", "text/csv"}
    assert [parameter["name"] for parameter in metrics["parameters"]] == [
        "start", "end", "app", "service", "format",
    ]  # fmt: skip
