"""What is counted between two samples, with hostile types, codes and payloads."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.agents.python.wsmon_agent.agent import Agent
from assets.agents.python.wsmon_agent.connection import Connection, TypedConnection
from assets.agents.python.wsmon_agent.histogram import Histogram, bounds_us
from assets.agents.python.wsmon_agent.tally import MOST_LABELS, Tally, json_type, size_of
from models.metrics.histogram import BOUNDS_US, bucket_of


def test_the_buckets_are_those_of_the_service() -> None:
    assert tuple(bounds_us()) == BOUNDS_US


@given(st.floats(0, 90_000))
def test_a_duration_counts_in_the_bucket_of_the_service(seconds: float) -> None:
    histogram = Histogram()
    histogram.add(seconds)
    assert histogram == {bucket_of(seconds * 1000): 1}


def connection_of(tally: Tally, kind: type[Connection] = Connection) -> Connection:
    return kind(cast(Agent, SimpleNamespace(tally=tally)), None, None)


@given(st.lists(st.text() | st.binary()))
def test_messages_and_bytes_add_up(messages: list[str | bytes]) -> None:
    tally = Tally()
    connection = connection_of(tally)
    for message in messages:
        connection.received(message)
        tally.add_messages(connection)
    tally.add_messages(connection)
    counts = tally.take()["messages"]
    assert (counts["received"], counts["sent"]) == (len(messages), 0)
    assert counts["bytes_received"] == sum(
        len(m.encode("utf-8", "surrogatepass") if isinstance(m, str) else m) for m in messages
    )
    assert tally.take()["messages"]["received"] == 0


def test_the_size_of_a_view_is_that_of_its_bytes() -> None:
    assert size_of(memoryview(b"abcd").cast("H")) == 4


@given(st.lists(st.tuples(st.integers(-10, 70_000), st.sampled_from(["client", "server", None]))))
def test_no_code_of_a_peer_grows_the_labels_without_end(ends: list[tuple[int, str | None]]) -> None:
    tally = Tally()
    for code, who in ends:
        tally.add_end(code, who, 1.0, None)
    closed = tally.take()["connections"]["closed"]
    assert sum(closed.values()) == len(ends)
    assert len(closed) <= MOST_LABELS + 3


def test_more_codes_than_labels_count_as_unknown() -> None:
    tally = Tally()
    for code in range(3000, 3200):
        tally.add_end(code, "client", 1.0, None)
    closed = tally.take()["connections"]["closed"]
    assert closed["unknown/client"] == 200 - MOST_LABELS
    assert sum(closed.values()) == 200


def test_a_close_by_the_server_is_an_error_when_its_code_says_so() -> None:
    tally = Tally()
    tally.add_end(1009, "server", 1.0, None)
    tally.add_end(1009, "client", 1.0, None)
    tally.add_end(1006, "server", 1.0, "internal-error")
    tally.add_end(1013, "server", 1.0, None)
    taken = tally.take()
    assert taken["messages"]["errors_by_kind"] == {"too-big": 1, "internal-error": 1}
    assert (taken["messages"]["errors"], taken["connections"]["slow_closes"]) == (2, 1)


def broken(_data: object) -> str:
    raise RuntimeError


@pytest.mark.parametrize(
    ("message_type", "data", "kind"),
    [
        (json_type, '{"type": "chat"}', "chat"),
        (json_type, b'{"type": "chat"}', "chat"),
        (json_type, '{"type": 7}', "other"),
        (json_type, "[]", "other"),
        (json_type, "not json", "other"),
        (json_type, '{"type": "' + "x" * 49 + '"}', "other"),
        (json_type, '{"type": "a\\u0000b"}', "other"),
        (broken, "x", "other"),
    ],
)
def test_a_type_is_a_label_or_other(message_type: Any, data: str | bytes, kind: str) -> None:
    tally = Tally(message_type)
    connection = connection_of(tally, TypedConnection)
    connection.sent(data)
    connection.received(data)
    assert tally.take()["messages"]["by_type"] == {kind: {"sent": 1, "received": 1}}


def test_types_are_bounded() -> None:
    tally = Tally(str)
    for number in range(200):
        tally.add_type(str(number), "sent")
    types = tally.take()["messages"]["by_type"]
    assert len(types) == MOST_LABELS + 1
    assert types["other"] == {"sent": 200 - MOST_LABELS, "received": 0}


@pytest.mark.parametrize(("status", "label"), [(403, "403"), (200, "500"), (999, "500")])
def test_a_refusal_counts_by_its_status(status: int, label: str) -> None:
    tally = Tally()
    tally.add_rejected(status)
    assert tally.take()["connections"]["rejected"] == {label: 1}
