"""Computes a `Summary` from arrays; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.query import not_counted
from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import quantiles_of, sums_of
from analytics.query.not_counted import NotCounted
from analytics.query.plan import Plan
from analytics.ranges.timerange import Filters
from analytics.reports import judged
from analytics.reports.client_answers import (
    Connection,
    Experience,
    Messages,
    PageLoad,
    Point,
    SessionStates,
    Summary,
)
from analytics.stats.estimates import Durations, Share
from analytics.stats.largest_sessions import LargestSessions, too_large
from analytics.stats.summaries import durations_of, or_none, share_of
from models.metrics.client_columns import COUNTS, HISTOGRAMS, JUDGED, JUDGED_EXTRA
from models.queries.session_states import CurrentStates

SERIES_COUNTS = ("attempts", "opened", "failed", "drops")
SERIES_KINDS = ("lost", "ended_by_server", "never_back")
SERIES_DURATIONS = ("latency", "recovery", "reply")
# What the series needs is read per step, all else over the whole range: from longer cells.
_PER_STEP = (*SERIES_COUNTS, *SERIES_KINDS, "judged_reports", "sessions")
SERIES = (*sums_of(_PER_STEP), *quantiles_of(SERIES_DURATIONS))
TOTALS = (
    *sums_of(
        name
        for name in (*COUNTS, *JUDGED_EXTRA, "tries", "recovered_soon")
        if name not in _PER_STEP
    ),
    *quantiles_of(name for name in HISTOGRAMS if name not in SERIES_DURATIONS),
)
LARGEST = {
    "largest_session": "latency", "recovery_largest_session": "recovery",
    "reply_largest_session": "reply",
}  # fmt: skip
LARGEST_SESSION = "largest_session"
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
LABELS = ("close_codes", "networks", "close_codes_given")
OF_JUDGED = (*JUDGED, "without_connection_ms", "close_codes_given")
CHARTED = ("latency", "recovery")
ByLabel = Mapping[str, Mapping[str, float]]
Missing = Mapping[str, NotCounted]
# The fields of an answer that are `None` where one of the engine's figures was not counted.
FIELDS = {
    "latency": ("latency_ms",), "setup": ("setup_ms",), "recovery": ("recovery_ms",),
    "page_load": ("ux.page_load_ms",), "recovered_soon": ("connection.recovered_within_5_s",),
    "close_codes": ("connection.close_codes",), "networks": ("network",), "reply": ("reply_ms",),
    **{name: (f"connection.{name}",) for name in OF_JUDGED},
    "sessions": ("sessions", "abnormal_sessions", "stability"),
    LARGEST_SESSION: (LARGEST_SESSION,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionRows:
    """Of the sessions: their states now, those that may be blind, by reason, and the automated
    ones by name."""

    states: CurrentStates
    may_be_blind: Mapping[str, int]
    automated: Mapping[str, int]


def summary_of(
    plan: Plan,
    filters: Filters,
    arrays: Arrays,
    over_range: Arrays,
    *,
    by_label: ByLabel,
    of_sessions: SessionRows,
    tells_sessions: bool,
) -> Summary:
    """The summary, with a point for every step that has reports; `over_range` has `TOTALS` too;
    `tells_sessions`: the largest sessions were to be read."""
    kinds = judged.reason(arrays)
    largest = arrays.largest or LargestSessions.of_rows(())
    total = _Totals(over_range, _missing(plan.not_counted, kinds), largest)
    states = of_sessions.states
    sessions, calm = total.count("sessions"), total.count("calm_sessions")
    abnormal = None if sessions is None or calm is None else sessions - calm
    return Summary(
        start=plan.window.start,
        end=plan.window.end,
        data_as_of=plan.data_as_of,
        resolution=plan.resolution.step.name,
        step_seconds=plan.resolution.step.seconds,
        filters=filters.active(),
        reports=total.n["reports"],
        sessions=sessions,
        abnormal_sessions=abnormal,
        sessions_are="present" if plan.counts_distinct else "started",
        zone=plan.zone,
        not_counted=_reasons(
            {
                **plan.not_counted,
                **_of_kinds(kinds),
                **(_of_largest(arrays.largest) if tells_sessions else {}),
            }
        ),
        judged_reports=total.n["judged_reports"],
        judged_from=judged.judged_from(arrays),
        may_be_blind=dict(of_sessions.may_be_blind),
        automated_sessions=dict(of_sessions.automated),
        session_states=SessionStates(
            at=plan.coverage.at, heard=states.heard, silent=states.silent,
            without_connection=states.without_connection,
        ),
        lost_reports=round(total.sums["lost_reports"]),
        latest_report=arrays.latest,
        connection=_connection(total, by_label, states.open_losses if states.present else None),
        connect_success=total.share(("opened",), ("tries",), "tries"),
        stability=(
            None if sessions is None or calm is None
            else share_of(calm, sessions, sessions, sessions, too_large(1.0, sessions))
        ),
        messages=Messages(**{name: round(total.sums[name]) for name in Messages.__struct_fields__}),
        error_rate=total.share(("errors",), ("sent", "received"), "messages"),
        latency_ms=total.durations("latency"),
        reply_ms=total.durations("reply"),
        setup_ms=total.durations("setup"),
        recovery_ms=total.durations("recovery"),
        ux=_experience(total),
        network=_rounded(by_label.get("networks")),
        series=_series(arrays, _missing(plan.not_counted, kinds), largest),
    )  # fmt: skip


def _of_kinds(reason: NotCounted | None) -> Missing:
    return dict.fromkeys((*OF_JUDGED, "reply"), reason) if reason else {}


def _of_largest(largest: LargestSessions | None) -> Missing:
    """Why sessions were not compared, or not all."""
    if largest is not None and largest.is_complete:
        return {}
    reason = not_counted.LARGEST_BY_SEVERAL if largest is None else not_counted.LARGEST_OF_MANY
    return {LARGEST_SESSION: reason}


def _missing(of_plan: Missing, kinds: NotCounted | None) -> Missing:
    """What has no value: kinds that some reports tell have one."""
    return {**of_plan, **_of_kinds(kinds)} if kinds is not_counted.BEFORE_KINDS else of_plan


class _Totals:
    """The sums of the range, as numbers; `None` for what was not counted."""

    def __init__(self, arrays: Arrays, missing: Missing, largest: LargestSessions) -> None:
        self._histograms, self._missing = arrays.histograms, missing
        self._largest = largest
        self.sums = {name: float(series[0, 0]) for name, series in arrays.sums.items()}
        self.n = {name: int(arrays.n_of(name)[0, 0]) for name in arrays.sums}
        self.sessions = self.count("sessions")

    def count(self, name: str) -> int | None:
        """A weighted count."""
        return None if name in self._missing else round(self.sums[name])

    def share(
        self, numerator: tuple[str, ...], denominator: tuple[str, ...], quantity: str
    ) -> Share:
        """The share of two counts, with the interval of the denominator's n; `quantity` is the
        denominator as it is counted by session."""
        above, below = (
            sum(self.sums[name] for name in names) for names in (numerator, denominator)
        )
        n = sum(self.n[name] for name in denominator)
        return share_of(above, below, n, self.sessions, self._largest.share(quantity, below))

    def largest_of_count(self, name: str) -> float | None:
        """What one session makes of a count, where it is too much."""
        return self._largest.share(name, self.sums[name])

    def present(self, name: str, by_label: ByLabel) -> Mapping[str, float] | None:
        """Weighted counts by label."""
        return None if name in self._missing else by_label.get(name)

    def durations(self, name: str) -> Durations | None:
        """Percentiles and mean."""
        if name in self._missing:
            return None
        histograms = self._histograms[name]
        largest = self._largest.share(name, float(histograms.counts.sum()))
        return durations_of(histograms, self.sessions, largest)


def _reasons(missing: Missing) -> dict[str, str]:
    """By the path of the field in the answer."""
    return {
        field: str(missing[name])
        for name, fields in FIELDS.items()
        if name in missing
        for field in fields
    }


def _connection(total: _Totals, by_label: ByLabel, open_losses: int | None) -> Connection:
    others = (
        *("close_codes", "close_codes_given", "recovered_within_5_s", "open_losses"),
        "drops_largest_session",
    )
    names = [name for name in Connection.__struct_fields__ if name not in others]
    counts: dict[str, Any] = {name: total.count(name) for name in names}
    return Connection(
        **counts,
        recovered_within_5_s=total.count("recovered_soon"),
        close_codes=_rounded(by_label.get("close_codes")),
        close_codes_given=_rounded(total.present("close_codes_given", by_label)),
        open_losses=open_losses,
        drops_largest_session=total.largest_of_count("drops"),
    )


def _rounded(amounts: Mapping[str, float] | None) -> dict[str, int] | None:
    return None if amounts is None else {label: round(n) for label, n in amounts.items()}


def _experience(total: _Totals) -> Experience:
    load = total.durations("page_load")
    return Experience(
        page_load_ms=(
            None
            if load is None
            else PageLoad(
                n=load.n, sessions=load.sessions, largest_session=load.largest_session,
                p50=load.p50, p95=load.p95,
            )
        ),
        errors=round(total.sums["ux_errors"]),
        interactions=round(total.sums["interactions"]),
    )  # fmt: skip


def _series(arrays: Arrays, missing: Missing, largest: LargestSessions) -> list[Point]:
    steps = [int(step) for step in arrays.observed[0].nonzero()[0]]
    sums, histograms = arrays.sums, arrays.histograms
    nothing: list[Any] = [None] * len(steps)
    columns: dict[str, list[Any]] = {"reports": _integers(arrays.observed, steps)}
    columns |= {name: _integers(sums[name], steps) for name in SERIES_COUNTS}
    columns |= dict.fromkeys(("sessions", "abnormal_sessions", "n", *QUANTILES), nothing)
    columns |= dict.fromkeys(("recovery_n", "recovery_p95", "reply_n", "reply_p95"), nothing)
    for field, name in LARGEST.items():
        if name in histograms and name not in missing:
            shares = largest.shares(name, histograms[name].counts[0].sum(axis=-1))
            columns[field] = [shares[step] for step in steps]
    judged_n = arrays.n_of("judged_reports")[0, steps].tolist()
    for name in SERIES_KINDS:
        counts = zip(_integers(sums[name], steps), judged_n, strict=True)
        columns[name] = [count if n else None for count, n in counts]
    if "reply" not in missing:
        reply = histograms["reply"]
        columns |= {"reply_n": _integers(reply.n, steps)}
        columns["reply_p95"] = _values(reply.quantiles_ms(0.95)[0], steps)
    if "sessions" not in missing:
        columns["sessions"] = _integers(sums["sessions"], steps)
        columns["abnormal_sessions"] = _integers(sums["sessions"] - sums["calm_sessions"], steps)
    if "latency" not in missing:
        latency, recovery = histograms["latency"], histograms["recovery"]
        quantiles = zip(QUANTILES, latency.quantiles_ms(*QUANTILES.values()), strict=True)
        columns |= {name: _values(values, steps) for name, values in quantiles}
        columns |= {"n": _integers(latency.n, steps), "recovery_n": _integers(recovery.n, steps)}
        columns["recovery_p95"] = _values(recovery.quantiles_ms(0.95)[0], steps)
    edges = arrays.grid.edges
    return [
        Point(t=edges[step], **{name: values[index] for name, values in columns.items()})
        for index, step in enumerate(steps)
    ]


def _integers(series: Floats, steps: list[int]) -> list[int]:
    return [int(value) for value in np.rint(series[0, steps])]


def _values(series: Floats, steps: list[int]) -> list[float | None]:
    return or_none(series[0, steps])
