"""JSON bodies: what is no object, or not one, is refused before its fields are read."""

import pytest
from flask import Flask

from ingest.http.problems import BadRequest, Problem, UnsupportedMediaType
from ingest.payloads.decoding import MOST_REPORTS
from ingest.payloads.event import EventPayload
from ingest.routing import bodies


@pytest.mark.parametrize(
    ("body", "content_type", "problem"),
    [
        (b"{}", "text/plain", UnsupportedMediaType),
        (b"{}", None, UnsupportedMediaType),
        (b"[]", "application/json", BadRequest),
        (b"{", "application/json", BadRequest),
        (b'{"a": 1, "a": 2}', "application/json", BadRequest),
        (b"", "application/json", BadRequest),
    ],
)
def test_what_is_no_json_object_is_refused(
    body: bytes, content_type: str | None, problem: type[Problem]
) -> None:
    with (
        Flask("posted").test_request_context(method="POST", data=body, content_type=content_type),
        pytest.raises(problem),
    ):
        bodies.posted_object()


def test_a_posted_object_is_read_in_any_charset_of_json() -> None:
    sent = '{"note": "é\U0001f600"}'.encode()
    with Flask("posted").test_request_context(
        method="POST", data=sent, content_type="application/json; charset=utf-8"
    ):
        assert bodies.posted_object() == {"note": "é\U0001f600"}


def test_a_batch_is_a_single_object_or_a_list_within_the_limit() -> None:
    single, batch = bodies.single_or_list(EventPayload, "events")["oneOf"]
    listed = batch["properties"]["events"]
    assert single == listed["items"] == {"$ref": "#/components/schemas/EventPayload"}
    assert (listed["minItems"], listed["maxItems"]) == (1, MOST_REPORTS)
    assert batch["required"] == ["events"]
