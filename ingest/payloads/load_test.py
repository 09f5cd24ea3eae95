"""Validation of the report of a load test."""

from typing import Any

from analytics.load_tests.report import LoadTestReport

from .conversion import struct_of
from .fault import Fault

REQUIREMENTS: dict[str, str] = {}


def read_load_test(item: Any) -> LoadTestReport:
    """The report, within the limits of its fields. Raises `Fault`."""
    report = struct_of(item, LoadTestReport, REQUIREMENTS)
    if report.ended_at < report.started_at:
        raise Fault("ended_at", "must not be before started_at")
    return report
