"""Validation of client reports, without HTTP: accepted values, rejected values, error paths."""

import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.payloads import Fault, MalformedBody, SenderInfo, items, read, unknown_fields
from models.metrics.histogram import bucket_counts, bucket_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "report_id": "6f8f57ea-7a0a-4d6e-9d3e-000000000001",
    "session_id": "6f8f57ea-7a0a-4d6e-9d3e-000000000002",
    "period_start": "2026-03-02T11:59:30Z",
    "period_end": "2026-03-02T11:59:45Z",
    "connection": {}, "messages": {}, "latency": {}, "network": {}, "ux": {}, "custom": {},
}  # fmt: skip


def with_value(path: str, value: object) -> dict[str, Any]:
    report: dict[str, Any] = deepcopy(GOOD)
    *folders, name = path.split(".")
    section = report
    for folder in folders:
        section = section[folder]
    section[name] = value
    return report


WRONG = [
    ("connection.drops", True, "connection.drops"),
    ("connection.drops", -1, "connection.drops"),
    ("connection.drops", 1.5, "connection.drops"),
    ("connection.drops", 2**63, "connection.drops"),
    ("connection.drops", 10**9 + 1, "connection.drops"),
    ("connection.drops", "1", "connection.drops"),
    ("connection.drops", None, "connection.drops"),
    ("connection.open_ms", 86_400_001, "connection.open_ms"),
    ("connection.open_ms", False, "connection.open_ms"),
    ("connection.close_codes", {"999": 1}, "connection.close_codes.999"),
    ("connection.close_codes", {"1000": -1}, "connection.close_codes.1000"),
    ("connection.close_codes", {"1000": True}, "connection.close_codes.1000"),
    ("connection.close_codes", {str(n): 1 for n in range(1000, 1065)}, "connection.close_codes"),
    ("connection.recovery_ms", [1, -1], "connection.recovery_ms[1]"),
    ("connection", [], "connection"),
    ("connection", None, "connection"),
    ("latency.samples_ms", [1, "a"], "latency.samples_ms[1]"),
    ("latency.samples_ms", [600_000.1], "latency.samples_ms[0]"),
    ("latency.samples_ms", [True], "latency.samples_ms[0]"),
    ("latency.samples_ms", [1] * 501, "latency.samples_ms"),
    ("latency.histogram", {"-1": 1}, "latency.histogram.-1"),
    ("latency.histogram", {"525": 1}, "latency.histogram.525"),
    ("latency.histogram", {"٣": 1}, "latency.histogram.٣"),
    ("latency.histogram", {"400": 1}, "latency.histogram.400"),
    ("latency.histogram", {"3": 1.0}, "latency.histogram.3"),
    ("latency.histogram", {"3": 10**9, "4": 1}, "latency.histogram"),
    ("setup_ms", [1] * 101, "setup_ms"),
    ("sample_rate", 0, "sample_rate"),
    ("sample_rate", 1.01, "sample_rate"),
    ("sample_rate", 1e-300, "sample_rate"),
    ("network.rtt_ms", "slow", "network.rtt_ms"),
    ("network.type", "x" * 33, "network.type"),
    ("ux.cls", -0.1, "ux.cls"),
    ("app", "x" * 65, "app"),
    ("app", "a\0b", "app"),
    ("app", "a\x1bb", "app"),
    ("app", 7, "app"),
    ("page", "/" + "x" * 256, "page"),
    ("page", "/chat?token=secret", "page"),
    ("endpoint", "/ws#x", "endpoint"),
    ("custom", {"Cart": 1}, "custom.Cart"),
    ("custom", {"cart": True}, "custom.cart"),
    ("custom", {"cart": "1"}, "custom.cart"),
    ("custom", {f"k{n}": 1 for n in range(17)}, "custom"),
    ("lost_reports", -1, "lost_reports"),
    ("report_id", "no uuid", "report_id"),
    ("session_id", 5, "session_id"),
    ("period_end", "2026-03-02T11:59:45", "period_end"),
    ("period_end", 1_772_452_785, "period_end"),
    ("period_end", "0001-01-01T00:00:00+14:00", "period_end"),
    ("period_end", "9999-12-31T23:59:59-14:00", "period_end"),
    ("period_end", "2026-03-02T12:01:01Z", "period_end"),
    ("period_end", "2026-03-02T11:59:29Z", "period_end"),
    ("period_start", "2026-03-02T10:59:44Z", "period_start"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field"), WRONG)
def test_a_wrong_value_is_refused_by_its_name(path: str, value: object, field: str) -> None:
    with pytest.raises(Fault) as caught:
        read(with_value(path, value), SenderInfo(), NOW)
    assert caught.value.field == field
    assert caught.value.reason.startswith(("must", "the "))


@pytest.mark.parametrize("name", ["report_id", "session_id", "period_start", "period_end"])
def test_a_missing_required_field_is_named(name: str) -> None:
    with pytest.raises(Fault, match=f"{name}: is required"):
        read({key: value for key, value in GOOD.items() if key != name}, SenderInfo(), NOW)


def test_a_report_older_than_two_days_is_refused() -> None:
    end = (NOW - timedelta(hours=48, seconds=1)).isoformat()
    late = with_value("period_end", end) | {"period_start": end}
    with pytest.raises(Fault, match="48 h behind"):
        read(late, SenderInfo(), NOW)


@pytest.mark.parametrize("item", [None, 1, "x", [], [GOOD]])
def test_a_report_that_is_no_object_is_refused(item: object) -> None:
    with pytest.raises(Fault, match="must be an object"):
        read(item, SenderInfo(), NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"3", b"{", b"\xff", b'{"a": NaN}', b'{"a": Infinity}',
        b'{"a": 1e400}', b'{"a": "\\ud800"}', b'{"a": 01}', b"{'a': 1}", b'{"a": 1,}',
        b"[" * 10_000, b'{"a":' * 10_000, b'{"reports": 1}', b'{"reports": {}}',
        b'{"a": 1, "a": 2}', b'{"x": {"b" : 1, "b": 2}}', b'{"reports": [], "reports": []}',
        b'{"a":1,"a" :2}', b'{"a" :1,"a":2}', b'{"a":1,"a"\n:2}', b'{"a":1,"a"\t:2}',
        b'{"a":1,"a"\r:2}', b'{"a":1,"a":2,"b":"\\":"}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_unsound_json_is_rejected(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        items(body)


def test_text_that_looks_like_keys_is_no_repeated_key() -> None:
    assert items(b'{"a": "\\": \\":", "b": "\\"b\\": 1"}') == [{"a": '": ":', "b": '"b": 1'}]


def test_a_report_or_a_list() -> None:
    assert items(json.dumps(GOOD).encode()) == [GOOD]
    assert items(json.dumps({"reports": [GOOD, 3]}).encode()) == [GOOD, 3]


def test_unknown_fields_are_counted_and_harmless() -> None:
    report = with_value("connection.new", 1) | {"x": 1, "y": {"z": 1}}
    assert unknown_fields(report) == 3
    assert unknown_fields([report]) == unknown_fields({"connection": 7}) == 0
    assert read(report, SenderInfo(), NOW).app == "default"


def test_samples_and_histogram_add() -> None:
    report = read(
        with_value("latency", {"samples_ms": [5, 5], "histogram": {"101": 3}}), SenderInfo(), NOW
    )
    assert dict(zip(report.latency_buckets, report.latency_counts, strict=True)) == {
        bucket_of(5): 2 + 3 * (bucket_of(5) == 101),
        101: 3 + 2 * (bucket_of(5) == 101),
    }


@given(st.lists(st.floats(0, 600_000), max_size=40), st.lists(st.floats(0, 600_000), max_size=40))
def test_samples_and_their_histogram_are_stored_alike(
    first: list[float], second: list[float]
) -> None:
    histogram = {str(bucket): count for bucket, count in bucket_counts(second).items()}
    mixed = read(
        with_value("latency", {"samples_ms": first, "histogram": histogram}), SenderInfo(), NOW
    )
    plain = read(with_value("latency", {"samples_ms": first + second}), SenderInfo(), NOW)
    pairs = [sorted(zip(r.latency_buckets, r.latency_counts, strict=True)) for r in (mixed, plain)]
    assert pairs[0] == pairs[1]


@pytest.mark.parametrize(
    ("connection", "abnormal"),
    [
        ({"close_codes": {"1000": 3, "1001": 1, "1005": 1}}, 0),
        ({"close_codes": {"1006": 2, "4000": 1}}, 3),
        ({"drops": 2}, 2),
        ({"drops": 2, "close_codes": {"1006": 1}}, 2),
    ],
)
def test_unintended_closes_are_abnormal(connection: dict[str, Any], abnormal: int) -> None:
    assert read(with_value("connection", connection), SenderInfo(), NOW).abnormal_closes == abnormal


def test_the_value_unknown_means_absent() -> None:
    report = read(
        with_value("network", {"rtt_ms": "unknown", "type": "unknown"}), SenderInfo(), NOW
    )
    assert report.rtt_ms is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from([path for path, *_ in WRONG]), json_values)
def test_any_value_raises_nothing_but_fault(path: str, value: object) -> None:
    with suppress(Fault):
        read(with_value(path, value), SenderInfo(), NOW)


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_but_malformed_body(body: bytes) -> None:
    with suppress(MalformedBody):
        items(body)
