"""Validation of the report of a load test."""

from typing import Any

from analytics.load_tests.report import LoadTestReport
from ingest.payloads import Fault
from ingest.payloads.conversion import struct_of


def read_load_test(item: Any) -> LoadTestReport:
    """The report, within the limits of its fields. Raises `Fault`."""
    report = struct_of(item, LoadTestReport, {})
    if report.ended_at < report.started_at:
        raise Fault("ended_at", "must not be before started_at")
    return report
