"""The series of a report as CSV: one row per step, durations in ms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import msgspec

from .route import Table

DURATIONS = frozenset({"p50", "p95", "p99", "recovery_p95", "reply_p95"})


class SeriesReport(Protocol):
    """A report over [start, end) with points of one type."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def series(self) -> Sequence[msgspec.Struct]: ...


def series_table(
    subject: str,
    point: type[msgspec.Struct],
    report: SeriesReport,
    not_counted: Mapping[str, str] | None = None,
) -> Table:
    """The fields of `point` as columns; the file is named after the subject and the range."""
    names = point.__struct_fields__
    table = Table(
        name=ranged_name(subject, report.start, report.end),
        header=[f"{name}_ms" if name in DURATIONS else name for name in names],
        rows=[[getattr(each, name) for name in names] for each in report.series],
    )
    return with_reasons(table, not_counted or {})


def with_reasons(table: Table, not_counted: Mapping[str, str]) -> Table:
    """With a last column that says why cells are empty, where figures were not counted."""
    if not not_counted:
        return table
    fields: dict[str, list[str]] = {}
    for field, reason in not_counted.items():
        fields.setdefault(reason, []).append(field)
    text = " ".join(f"{', '.join(named)}: {reason}" for reason, named in fields.items())
    rows = [[*row, text] for row in table.rows]
    return replace(table, header=[*table.header, "not_counted"], rows=rows)


def ranged_name(subject: str, start: datetime, end: datetime) -> str:
    """`storage_20260301T1200Z_20260302T1200Z.csv`."""
    return f"{subject}_{start:%Y%m%dT%H%MZ}_{end:%Y%m%dT%H%MZ}.csv"
