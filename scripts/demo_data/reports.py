"""Builds client reports from the drawn columns: those of the history, and those that follow it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from ingest.collector.country import Locate
from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport

from . import addresses, ends, world
from .ends import PROTOCOLS, Ends
from .incidents import Incident, incidents
from .measurements import Measurements, ReportTimes, affected, measure
from .sessions import HOUR, PLATFORMS, Ints, Sessions, activity, draw, mean_minutes

MINUTE = world.PERIOD.total_seconds()
MEAN_REPORTS_LOWER_BOUND = 9.0  # per session, so that enough sessions are drawn
WARM_UP = timedelta(hours=2)  # longer than a session: then as many are open as in the history


def generate(end: datetime, count: int, seed: int, locate: Locate) -> Iterator[ClientReport]:
    """`count` reports of the thirty days before `end`, oldest first; the same for the same seed."""
    rng = np.random.default_rng(seed)
    begin = end - timedelta(days=world.DAYS)
    planted = incidents(begin, end)
    drawn = round(count / MEAN_REPORTS_LOWER_BOUND) + 100
    length = (end - begin).total_seconds()
    released = length - world.SECOND_RELEASE_BEFORE_END.total_seconds()
    sessions = draw(rng, begin, world.DAYS * 24, drawn, released)
    times = _report_times(sessions, 0, length)
    silent = affected(planted["silent"], sessions, times)
    times = _sample_reports(rng, times, np.flatnonzero(~silent), count)
    yield from _built(rng, begin, sessions, times, planted=planted, locate=locate)


def follow(
    start: datetime, hours: int, count: int, seed: int, locate: Locate
) -> Iterator[ClientReport]:
    """The reports of the `hours` after `start`, oldest first, without incidents: as many as after a
    history of `count` reports that ends at `start`."""
    rng = np.random.default_rng(seed)
    begin, month = start - WARM_UP, timedelta(days=world.DAYS)
    drawn_hours = hours + WARM_UP // timedelta(hours=1)
    share = activity(begin, drawn_hours) / activity(start - month, world.DAYS * 24)
    drawn = int(rng.poisson(count * share / mean_minutes()))
    released = -world.SECOND_RELEASE_BEFORE_END.total_seconds()
    sessions = draw(rng, begin, drawn_hours, drawn, released)
    times = _report_times(sessions, WARM_UP.total_seconds(), drawn_hours * HOUR)
    times = _selected(times, np.argsort(times.end, kind="stable"))
    planted = incidents(begin, begin)  # all of them are over
    yield from _built(rng, begin, sessions, times, planted=planted, locate=locate)


def _built(
    rng: np.random.Generator,
    begin: datetime,
    sessions: Sessions,
    times: ReportTimes,
    *,
    planted: dict[str, Incident],
    locate: Locate,
) -> Iterator[ClientReport]:
    measured = measure(rng, sessions, times, planted, begin.hour + begin.minute / 60)
    ended = ends.draw(rng, sessions, times, measured)
    return _ReportBuilder(
        rng, begin, sessions=sessions, times=times, measured=measured, ended=ended, locate=locate
    ).reports()


def _report_times(sessions: Sessions, first: float, length: float) -> ReportTimes:
    """The minutes in which the sessions are open, which end in [first, length) s since begin."""
    lengths = sessions.minutes
    session = np.repeat(np.arange(len(lengths)), lengths)
    minute = np.arange(len(session)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    ends = sessions.start[session] + (minute + 1) * MINUTE
    in_range = (ends >= first) & (ends < length)
    is_last = minute == lengths[session] - 1
    return ReportTimes(session[in_range], minute[in_range], ends[in_range], is_last[in_range])


def _sample_reports(
    rng: np.random.Generator, times: ReportTimes, rows: Ints, count: int
) -> ReportTimes:
    """`count` of the reports in `rows`, from randomly chosen sessions, ordered by time."""
    order = rng.permutation(int(times.session.max()) + 1)
    sampled = rows[np.argsort(order[times.session[rows]], kind="stable")][:count]
    return _selected(times, sampled[np.argsort(times.end[sampled], kind="stable")])


def _selected(times: ReportTimes, rows: Ints) -> ReportTimes:
    return ReportTimes(*(getattr(times, name)[rows] for name in ReportTimes.__slots__))


class _ReportBuilder:
    """Builds the reports row by row from the columns."""

    def __init__(
        self,
        rng: np.random.Generator,
        begin: datetime,
        *,
        sessions: Sessions,
        times: ReportTimes,
        measured: Measurements,
        ended: Ends,
        locate: Locate,
    ) -> None:
        self._begin = begin
        self._sessions = sessions
        self._times = times
        self._measured = measured
        self._ended = ended
        self._session_ids = rng.bytes(16 * len(sessions.start))
        self._report_ids = rng.bytes(16 * len(times.session))
        self._setup_ms = rng.lognormal(0.9, 0.3, len(times.session)) * measured.round_trip
        self._load_ms = rng.lognormal(np.log(900), 0.35, len(times.session))
        self._countries = self._locate_sessions(rng, locate)

    def reports(self) -> Iterator[ClientReport]:
        """All reports in order."""
        return (self._report(row) for row in range(len(self._times.session)))

    def _locate_sessions(self, rng: np.random.Generator, locate: Locate) -> list[str | None]:
        """The country of each session, looked up in the country file by an address of it."""
        codes = [country.code for country in world.COUNTRIES]
        drawn = addresses.draw(rng, locate, codes)
        picks = rng.integers(0, addresses.PER_COUNTRY, len(self._sessions.start))
        located: list[str | None] = []
        for country, pick in zip(self._sessions.country, picks, strict=True):
            addresses_there = drawn[codes[country]]
            located.append(
                locate(addresses_there[pick % len(addresses_there)])[0] if addresses_there else None
            )
        return located

    def _report(self, row: int) -> ClientReport:
        times, measured, sessions = self._times, self._measured, self._sessions
        session = int(times.session[row])
        app = world.APPS[sessions.app[session]]
        browser, system, _ = PLATFORMS[sessions.platform[session]]
        end = self._begin + timedelta(seconds=round(float(times.end[row]), 3))
        is_first, drops = bool(times.minute[row] == 0), int(measured.drops[row])
        failed, extra = int(measured.failed[row]), int(measured.extra_attempts[row])
        back = drops - int(self._ended.never_back[row])
        recovery = [round(float(measured.recovery_ms[row]) * (1 + n * 0.3)) for n in range(back)]
        opened = int(is_first) + back
        setups = bucket_counts([float(self._setup_ms[row])] * opened)
        suspended = int(self._ended.suspended_ms[row])
        downtime = min(sum(recovery), int(MINUTE * 1000) - suspended)
        hides_network = browser.startswith(world.SILENT_ON_NETWORK) or "Safari" in browser
        first_bucket, end_bucket = measured.latency[0][row], measured.latency[0][row + 1]
        trip = round(float(measured.round_trip[row]))
        sent, received = int(measured.sent[row]), int(measured.received[row])
        return ClientReport(
            session_id=UUID(bytes=self._session_ids[16 * session : 16 * session + 16], version=4),
            report_id=UUID(bytes=self._report_ids[16 * row : 16 * row + 16], version=4),
            period_start=end - world.PERIOD,
            period_end=end,
            received_at=end,
            app=app.name,
            release=world.SECOND_RELEASE
            if sessions.second_release[session]
            else world.FIRST_RELEASE,
            page=app.pages[sessions.page[session]],
            endpoint="/ws",
            sdk_version=world.SDK_VERSION,
            country=self._countries[session],
            browser=browser,
            os=system,
            attempts=opened + failed + extra + int(self._ended.abandoned[row]),
            opened=opened,
            failed=failed + extra,
            drops=drops,
            reconnect_attempts=back + extra,
            reconnect_successes=back,
            open_ms=int(MINUTE * 1000) - downtime - suspended,
            downtime_ms=downtime,
            close_codes=self._closes(row, drops),
            abnormal_closes=drops,
            recovery_ms=tuple(recovery),
            sent=sent,
            received=received,
            queued=int(measured.queued[row]),
            errors=int(measured.errors[row]),
            bytes_sent=sent * 180,
            bytes_received=received * 420,
            latency_buckets=tuple(measured.latency[1][first_bucket:end_bucket].tolist()),
            latency_counts=tuple(measured.latency[2][first_bucket:end_bucket].tolist()),
            latency_sum_us=int(measured.latency_sum_us[row]),
            setup_buckets=tuple(setups),
            setup_counts=tuple(setups.values()),
            setup_sum_us=round(float(self._setup_ms[row]) * 1000) * opened,
            network_type=None if hides_network else ("cellular" if "Mobile" in browser else "wifi"),
            effective_type=None if hides_network else ("3g" if sessions.on_3g[session] else "4g"),
            rtt_ms=None if hides_network else round(trip / 25) * 25,
            page_load_ms=round(float(self._load_ms[row]) + 4 * trip) if is_first else None,
            ux_errors=int(measured.ux_errors[row]),
            interactions=int(measured.interactions[row]),
            protocol=PROTOCOLS[sessions.app[session]],
            reply_buckets=tuple(
                measured.reply[1][slice(*measured.reply[0][row : row + 2])].tolist()
            ),
            reply_counts=tuple(
                measured.reply[2][slice(*measured.reply[0][row : row + 2])].tolist()
            ),
            reply_sum_us=int(measured.reply_sum_us[row]),
            **self._kinds(row, downtime),
        )

    def _kinds(self, row: int, downtime_ms: int) -> dict[str, Any]:
        ended = self._ended
        return {
            "lost": int(ended.lost[row]),
            "ended_by_server": int(ended.by_server[row]),
            "replaced": int(ended.replaced[row]),
            "never_back": int(ended.never_back[row]),
            "abandoned": int(ended.abandoned[row]),
            "silent_ms": int(ended.silent_ms[row]),
            "downtime_hidden_ms": round(float(ended.hidden_share[row]) * downtime_ms),
            "suspended_ms": int(ended.suspended_ms[row]),
            "open_losses": int(ended.open_losses[row]),
            "leaving": bool(ended.is_leaving[row]) or None,
            "may_be_blind": ("loaded-late",) if ended.is_late[row] else None,
            "close_codes_given": {"1000": 1} if ended.is_leaving[row] else None,
        }

    def _closes(self, row: int, drops: int) -> dict[str, int]:
        codes: dict[str, int] = {}
        by_server = int(self._ended.by_server[row])
        if by_server:
            codes["1012" if self._measured.restarted[row] else "1011"] = by_server
        if drops > by_server:
            codes["1006"] = drops - by_server
        if self._times.is_last[row]:
            codes["1001" if self._report_ids[16 * row] < 170 else "1000"] = 1
        return codes
