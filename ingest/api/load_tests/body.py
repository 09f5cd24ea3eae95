"""Validation of the report of a load test."""

from typing import Any

import msgspec

from analytics.load_tests.report import LoadTestReport
from ingest.payloads import Fault, rules
from ingest.payloads.conversion import struct_of


def read_load_test(item: Any) -> LoadTestReport:
    """The report, within the limits of its fields. Raises `Fault`."""
    report = struct_of(item, LoadTestReport, {})
    started_at = rules.instant("started_at", report.started_at)
    ended_at = rules.instant("ended_at", report.ended_at)
    if ended_at < started_at:
        raise Fault("ended_at", "must not be before started_at")
    return msgspec.structs.replace(report, started_at=started_at, ended_at=ended_at)
