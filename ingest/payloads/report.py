"""Validation of a client report: from a plain object to its row, or the first `Fault`."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from models.metrics.dimensions import TEST_APPS
from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport

from . import ends, plausible, rules, unknown
from .fault import Fault, from_validation
from .schema import (
    LONGEST_LATENCY_MS,
    ReportPayload,
    requirements,
)

MOST_CUSTOM = 16

_custom_name = re.compile(r"[a-z0-9_]{1,48}")
_requirements = requirements()
unknown_fields = unknown.counter(ReportPayload)


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """Browser, OS, location and what no person looks at, derived from the request; never the
    address."""

    browser: str | None = None
    os: str | None = None
    country: str | None = None
    region: str | None = None
    automated: str | None = None


def read(item: Any, sender: SenderInfo, now: datetime) -> ClientReport:
    """The report in `item`, received at `now`. Raises `Fault` naming the first field at fault."""
    if not isinstance(item, dict):
        raise Fault("report", "must be an object")
    try:
        payload = msgspec.convert(item, ReportPayload, strict=True)
    except msgspec.ValidationError as error:
        raise from_validation(error, _requirements) from None
    start, end = rules.period(payload.period_start, payload.period_end, now)
    return _report(payload, sender, start, end, now)


def _report(
    payload: ReportPayload, sender: SenderInfo, start: datetime, end: datetime, now: datetime
) -> ClientReport:
    connection, messages, network, ux = (
        payload.connection,
        payload.messages,
        payload.network,
        payload.ux,
    )
    codes = ends.codes("connection.close_codes", connection.close_codes)
    codes_sent = ends.codes("connection.close_codes_given", connection.close_codes_given)
    latency, latency_us = rules.durations(
        "latency", payload.latency.samples_ms, payload.latency.histogram, LONGEST_LATENCY_MS
    )
    reply, reply_us = rules.durations(
        "reply", payload.reply.samples_ms, payload.reply.histogram, LONGEST_LATENCY_MS
    )
    kinds = ends.kinds(connection)
    round_trips = {"latency": sum(latency.values()), "reply": sum(reply.values())}
    plausible.check(payload, start, end, round_trips)
    setup = bucket_counts(payload.setup_ms)
    app, endpoint = rules.text("app", payload.app) or "default", _path("endpoint", payload.endpoint)
    automated = app if app in TEST_APPS else sender.automated
    closed = () if automated else ends.of_browser(payload, app, endpoint, end)
    return ClientReport(
        session_id=payload.session_id,
        report_id=payload.report_id,
        period_start=start,
        period_end=end,
        received_at=now,
        app=app,
        release=rules.text("release", payload.release),
        page=_path("page", payload.page),
        endpoint=endpoint,
        sdk_version=rules.text("sdk_version", payload.sdk_version),
        country=sender.country,
        region=sender.region,
        browser=sender.browser,
        os=sender.os,
        automated=automated,
        sample_rate=payload.sample_rate,
        attempts=connection.attempts,
        opened=connection.opened,
        failed=connection.failed,
        drops=connection.drops,
        reconnect_attempts=connection.reconnect_attempts,
        reconnect_successes=connection.reconnect_successes,
        open_ms=round(connection.open_ms),
        downtime_ms=round(connection.downtime_ms),
        close_codes=codes,
        abnormal_closes=ends.abnormal_closes(connection, codes),
        recovery_ms=tuple(round(ms) for ms in connection.recovery_ms),
        longest_silence_ms=_rounded(connection.longest_silence_ms),
        sent=messages.sent,
        received=messages.received,
        queued=messages.queued,
        errors=messages.errors,
        bytes_sent=messages.bytes_sent,
        bytes_received=messages.bytes_received,
        latency_buckets=tuple(latency),
        latency_counts=tuple(latency.values()),
        latency_sum_us=latency_us,
        setup_buckets=tuple(setup),
        setup_counts=tuple(setup.values()),
        setup_sum_us=rules.microseconds(payload.setup_ms),
        network_type=rules.text("network.type", network.type),
        effective_type=rules.text("network.effective_type", network.effective_type),
        rtt_ms=_rounded(_number_or_none(network.rtt_ms)),
        downlink_mbps=_number_or_none(network.downlink_mbps),
        page_load_ms=_rounded(ux.page_load_ms),
        lcp_ms=_rounded(ux.lcp_ms),
        inp_ms=_rounded(ux.inp_ms),
        cls=ux.cls,
        ux_errors=ux.errors,
        interactions=ux.interactions,
        custom=_custom(payload.custom),
        lost_reports=payload.lost_reports,
        protocol=rules.text("protocol", payload.protocol),
        may_be_blind=_reasons(payload.may_be_blind),
        leaving=payload.leaving or None,
        open_losses=connection.open_losses,
        close_codes_given=codes_sent or None,
        reply_buckets=tuple(reply),
        reply_counts=tuple(reply.values()),
        reply_sum_us=reply_us if reply else None,
        ends=closed,
        **kinds,
    )


def _reasons(texts: list[str]) -> tuple[str, ...] | None:
    """The different reasons, in their order; `None` without any."""
    if not texts:
        return None
    reasons = [rules.text(f"may_be_blind[{index}]", text) for index, text in enumerate(texts)]
    return tuple(dict.fromkeys(reason for reason in reasons if reason)) or None


def _custom(values: dict[str, Any]) -> dict[str, float]:
    if len(values) > MOST_CUSTOM:
        raise Fault("custom", f"must hold at most {MOST_CUSTOM} values")
    for name, value in values.items():
        if not _custom_name.fullmatch(name):
            raise Fault(f"custom.{name[:48]}", "the name must be 1 to 48 of a-z, 0-9 and _")
        if type(value) not in (int, float) or not abs(value) <= 1e300:
            raise Fault(f"custom.{name}", "must be a finite number")
    return {name: float(value) for name, value in values.items()}


def _path(field: str, text: str | None) -> str | None:
    """A path; query and fragment are refused, as they may hold secrets."""
    if text and ("?" in text or "#" in text):
        raise Fault(field, "must be a path without query and fragment")
    return rules.text(field, text)


def _number_or_none(value: float | str | None) -> float | None:
    return None if isinstance(value, str) else value


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
