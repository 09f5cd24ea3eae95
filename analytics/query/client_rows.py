"""What the store answered to one question about browsers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .step_sums import Row, Rows, Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRows:
    """What the store answered. `sessions` are those that started, per step; `whole` are all."""

    data_as_of: datetime
    steps: Steps
    sessions: Mapping[datetime, Row]
    whole: Row
    sessions_are: str
    close_codes: Rows
    effective_types: Rows
    note: str = ""
