"""The query results behind one client summary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .step_sums import Row, Rows, StepSums


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRows:
    """`sessions` are those started, per step; `session_totals` count the range as `sessions_are`
    says (`present` or `started`)."""

    data_as_of: datetime
    steps: StepSums
    sessions: Mapping[datetime, Row]
    session_totals: Row
    sessions_are: str
    close_codes: Rows
    effective_types: Rows
    note: str = ""
