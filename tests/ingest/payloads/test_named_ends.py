"""Ends of single connections as browsers and servers send them, hostile ones too."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ingest import payloads
from ingest.payloads.fault import Fault
from ingest.payloads.sample import read_sample
from tests.support.clock import NOON

ID = "0b7e3c1a-8f0d-4a51-9d2e-6c5b4a392817"
PERIOD = {
    "period_start": NOON.isoformat(),
    "period_end": (NOON + timedelta(seconds=15)).isoformat(),
}
NOW = NOON + timedelta(seconds=20)


def report(*ends: Any, automated: str | None = None) -> Any:
    item = {"report_id": ID, "session_id": ID, "app": "portal", **PERIOD, "ends": list(ends)}
    return payloads.read(item, payloads.SenderInfo(automated=automated), NOW)


def sample(*ends: Any) -> Any:
    item = {"sample_id": ID, "service": "chat", "instance": "i", **PERIOD, "ends": list(ends)}
    return read_sample(item, NOW)


def test_an_end_of_a_browser() -> None:
    (end,) = report({"id": ID, "by": "nobody", "code": 1006, "ago_ms": 5000, "sent": 3}).ends
    assert (end.app, end.connection_id, end.browser_code) == ("portal", UUID(ID), 1006)
    assert (end.browser_ended_at, end.browser_open_ms) == (NOON + timedelta(seconds=10), None)


def test_a_page_that_was_left_read_no_code() -> None:
    (end,) = report({"id": ID, "by": "left", "code": 1000}).ends
    assert end.browser_code is None


def test_nobody_sees_the_ends_of_what_no_person_looks_at() -> None:
    assert report({"id": ID, "by": "left"}, automated="bot").ends == ()


def test_an_end_of_a_server() -> None:
    (end,) = sample({"id": ID, "code": 1000, "by": "client", "open_ms": 12.4, "received": 2}).ends
    assert (end.app, end.service, end.server_open_ms) == ("default", "chat", 12)
    assert sample({"id": ID}).ends[0].server_code is None


@pytest.mark.parametrize(
    ("end", "field"),
    [
        ({"id": "x" * 5000, "by": "left"}, "ends[0].id"),
        ({"id": ID + "0", "by": "left"}, "ends[0].id"),
        ({"id": "' OR 1=1 --", "by": "left"}, "ends[0].id"),
        ({"by": "left"}, "ends[0].id"),
        ({"id": ID}, "ends[0].by"),
        ({"id": ID, "by": "me"}, "ends[0].by"),
        ({"id": ID, "by": "page"}, "ends[0].code"),
        ({"id": ID, "by": "page", "code": 999}, "ends[0].code"),
        ({"id": ID, "by": "page", "code": True}, "ends[0].code"),
        ({"id": ID, "by": "page", "code": 1000, "own_code": 70000}, "ends[0].own_code"),
        ({"id": ID, "by": "left", "ago_ms": -1}, "ends[0].ago_ms"),
        ({"id": ID, "by": "left", "open_ms": 1e12}, "ends[0].open_ms"),
        ({"id": ID, "by": "left", "sent": 1.5}, "ends[0].sent"),
        ("x", "ends[0]"),
    ],
)
def test_a_hostile_end_of_a_browser_is_refused_by_name(end: Any, field: str) -> None:
    with pytest.raises(Fault) as refused:
        report(end)
    assert refused.value.field == field
    assert len(refused.value.reason) < 100


@pytest.mark.parametrize(
    ("end", "field"),
    [
        ({"id": "short"}, "ends[0].id"),
        ({"id": ID, "by": "page"}, "ends[0].by"),
        ({"id": ID, "code": 5000}, "ends[0].code"),
        ({"id": ID, "error": "e" * 33}, "ends[0].error"),
        ({"id": ID, "error": "a\x00b"}, "ends[0].error"),
    ],
)
def test_a_hostile_end_of_a_server_is_refused_by_name(end: Any, field: str) -> None:
    with pytest.raises(Fault) as refused:
        sample(end)
    assert refused.value.field == field


def test_their_number_is_bounded() -> None:
    with pytest.raises(Fault, match="ends: must be a list of at most 20"):
        report(*[{"id": ID, "by": "left"}] * 21)
    with pytest.raises(Fault, match="ends: must be a list of at most 100"):
        sample(*[{"id": ID}] * 101)
