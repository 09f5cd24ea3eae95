"""Sessions as columns: what each met on its connections, and what its people experienced."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
AGE_SECONDS = 600  # length of a bin of session age
MOST_AGES = 144  # bins of a session: a day; what comes later is in no bin


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A dimension of S sessions: session i has the value `labels[codes[i]]`. `labels` may hold
    values that no session has."""

    codes: Codes
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgeBins:
    """What sessions did by age, in bins of `AGE_SECONDS` from their start, B bins of all sessions.

    Session i has the bins `first[i]` to before `first[i + 1]` ([S + 1]); bin k of them begins at
    the age k * `AGE_SECONDS`. A session has a bin for each begun ten minutes of its length, the
    last one possibly short. A report belongs to the bins it covers, in proportion to the time;
    counts stay whole. [B] each: counts, and minutes connected (`open`) or visible.
    """

    first: Ints
    interactions: Floats
    ux_errors: Floats
    drops: Floats
    open_minutes: Floats
    visible_minutes: Floats

    def select(self, sessions: Ints) -> "AgeBins":
        """The bins of some sessions, in this order."""
        first, bins = bins_of_sessions(self.first, sessions)
        columns = {
            each.name: getattr(self, each.name)[bins]
            for each in fields(self)
            if each.name != "first"
        }
        return AgeBins(first=first, **columns)


def bins_of_sessions(first: Ints, sessions: Ints) -> tuple[Ints, Ints]:
    """Of some sessions, in this order: `first` anew, and the numbers of their bins."""
    counts = np.diff(first)[sessions]
    begins = np.concatenate([[0], np.cumsum(counts)])
    return begins, np.repeat(first[sessions] - begins[:-1], counts) + np.arange(begins[-1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionTable:
    """S sessions of people that began in a range, in order of their start; NaN: not measured.

    `start` in Unix seconds, `day` in days since 1970-01-01 of `zone`. `weight` is 1/sample_rate:
    counts are unweighted. `dimensions` has each of `models.metrics.dimensions.SEGMENTS`, with the
    value that most reports of the session name, `unknown` where none names one. `read_share` is
    the share of the sessions that was read, below 1 where there are more than a page may read.

    `length_ms`: from the start of the first report to the end of the last. `visible_ms`: connected
    or missing a connection while the page was visible (open + down - hidden). Of reports that judge
    ends by kind alone: `without_connection_ms` (downtime and the silence before) of `judged_ms`.
    `messages`: sent and received; `errors` of them failed. p95 of `latency_n` round trips and
    `setup_n` handshakes. The largest that a report named: `longest_silence_ms`, `page_load_ms`,
    `lcp_ms`, `inp_ms`, `cls`. `first_drop_ms`: the age at the end of the first report with a drop,
    NaN without any.
    """

    zone: str
    start: Ints
    day: Ints
    weight: Floats
    dimensions: Mapping[str, Coded]
    length_ms: Floats
    open_ms: Floats
    visible_ms: Floats
    drops: Floats
    downtime_ms: Floats
    without_connection_ms: Floats
    judged_ms: Floats
    messages: Floats
    errors: Floats
    latency_p95_ms: Floats
    latency_n: Floats
    setup_p95_ms: Floats
    setup_n: Floats
    longest_silence_ms: Floats
    page_load_ms: Floats
    lcp_ms: Floats
    inp_ms: Floats
    cls: Floats
    ux_errors: Floats
    interactions: Floats
    first_drop_ms: Floats
    ages: AgeBins
    read_share: float = 1.0

    def __len__(self) -> int:
        return self.start.size

    def select(self, rows: NDArray[np.bool] | Ints) -> "SessionTable":
        """Some sessions: a mask [S], or their numbers."""
        numbers = np.flatnonzero(rows) if rows.dtype == np.bool else np.asarray(rows, np.int64)
        columns: dict[str, Any] = {
            each.name: value[numbers]
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), np.ndarray)
        }
        dimensions = {
            name: Coded(each.codes[numbers], each.labels) for name, each in self.dimensions.items()
        }
        return replace(self, **columns, dimensions=dimensions, ages=self.ages.select(numbers))
