"""How connections ended, as monitors from 2.0 on tell it and as older ones do."""

from typing import Any

import pytest

from ingest.payloads import Fault, SenderInfo, ends, read
from ingest.payloads.schema import ConnectionPayload
from models.metrics.client_columns import JUDGED
from models.raw.client_reports import ClientReport
from tests.ingest.payloads.test_payloads import NOW, with_value

KINDS = {"drops": 3, "lost": 2, "ended_by_server": 1, "silent_ms": [0, 1200.6], "abandoned": 4}


def read_connection(**connection: Any) -> ClientReport:
    return read(with_value("connection", connection), SenderInfo(), NOW)


def test_kinds_that_did_not_come_are_zero_and_silence_is_added_up() -> None:
    report = read_connection(**KINDS)
    sent = {"lost": 2, "ended_by_server": 1, "abandoned": 4, "silent_ms": 1201}
    assert {name: getattr(report, name) for name in JUDGED} == dict.fromkeys(JUDGED, 0) | sent


def test_a_report_without_lost_tells_no_kinds() -> None:
    report = read_connection(drops=3, open_losses=1, close_codes_given={"4000": 1, "1000": 0})
    assert {getattr(report, name) for name in JUDGED} == {None}
    assert (report.open_losses, report.close_codes_given) == (1, {"4000": 1})


@pytest.mark.parametrize(
    ("connection", "field"),
    [
        (KINDS | {"drops": 4}, "connection.drops"),
        (KINDS | {"downtime_hidden_ms": 1}, "connection.downtime_hidden_ms"),
        ({"ended_by_server": 0}, "connection.lost"),
        ({"suspended_ms": 5}, "connection.lost"),
        ({"silent_ms": [5]}, "connection.lost"),
        ({"lost": True}, "connection.lost"),
        ({"silent_ms": [-1]}, "connection.silent_ms[0]"),
        ({"open_losses": 1.5}, "connection.open_losses"),
        ({"close_codes_given": {"999": 1}}, "connection.close_codes_given.999"),
    ],
)
def test_kinds_that_do_not_fit_are_refused_by_name(connection: dict[str, Any], field: str) -> None:
    with pytest.raises(Fault) as caught:
        read_connection(**connection)
    assert (caught.value.field, caught.value.reason[:5]) == (field, "must ")


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("may_be_blind", ["x"] * 9, "may_be_blind"),
        ("may_be_blind", ["x" * 33], "may_be_blind[0]"),
        ("may_be_blind", ["late", "a\0b"], "may_be_blind[1]"),
        ("protocol", "x" * 33, "protocol"),
        ("leaving", "yes", "leaving"),
        ("reply", {"samples_ms": [600_001]}, "reply.samples_ms[0]"),
        ("reply", {"histogram": {"525": 1}}, "reply.histogram.525"),
    ],
)
def test_what_a_monitor_tells_beside_has_limits(name: str, value: object, field: str) -> None:
    with pytest.raises(Fault) as caught:
        read(with_value(name, value), SenderInfo(), NOW)
    assert caught.value.field == field


def test_replies_reasons_and_leaving_are_taken() -> None:
    item = with_value("reply", {"samples_ms": [5], "histogram": {"101": 2}})
    item |= {"may_be_blind": ["worker", "", "worker"], "leaving": True, "protocol": "phoenix"}
    report = read(item, SenderInfo(), NOW)
    assert (sum(report.reply_counts), report.latency_counts) == (3, ())
    assert (report.may_be_blind, report.leaving) == (("worker",), True)
    assert read(with_value("leaving", value=False), SenderInfo(), NOW).leaving is None


def test_only_drops_break_the_stability_of_a_session_that_judges() -> None:
    codes = {"4001": 5}
    assert ends.abnormal_closes(ConnectionPayload(lost=0), codes) == 0
    assert read_connection(lost=0, close_codes=codes).abnormal_closes == 0
    assert read_connection(close_codes=codes).abnormal_closes == 5
