"""Draws client reports by UTC days: those of a day depend on nothing but it, the seed and the end
of the history, so that what follows the history continues its sessions.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import numpy as np

from ingest.collector.country import Locate
from models.metrics.histogram import bucket_counts
from models.raw.client_reports import ClientReport

from . import addresses, ends, experience, world
from .ends import PROTOCOLS, Ends
from .experience import Experience
from .incidents import incidents
from .measurements import Measurements, ReportTimes, affected, measure
from .sessions import PLATFORMS, Sessions, draw, scale_of

MINUTE = world.PERIOD.total_seconds()
DAY = timedelta(days=1)  # longer than a session


class DrawnReports:
    """The reports of a world with about `count` of them in `world.DAYS`, whose incidents are those
    of a history until `until`; the same for the same arguments."""

    def __init__(self, until: datetime, count: int, seed: int, locate: Locate) -> None:
        self._until = until
        self._scale = scale_of(count)
        self._seed = seed
        self._locate = locate
        codes = [country.code for country in world.COUNTRIES]
        drawn = addresses.draw(np.random.default_rng(seed), locate, codes)
        self._addresses = [drawn[code] for code in codes]

    def between(self, begin: datetime, end: datetime) -> Iterator[ClientReport]:
        """The reports whose periods end in [begin, end), oldest first."""
        day = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        before = self._starting_on(day - DAY)
        while day < end:
            current, first, last = self._starting_on(day), max(begin, day), min(end, day + DAY)
            parts = (before.between(first, last), current.between(first, last))
            yield from heapq.merge(*parts, key=attrgetter("period_end"))
            before, day = current, day + DAY

    def _starting_on(self, day: datetime) -> "_DayReports":
        """The reports of the sessions that start on this day."""
        rng = np.random.default_rng([self._seed, day.toordinal()])
        released = (self._until - world.SECOND_RELEASE_BEFORE_END - day).total_seconds()
        sessions = draw(rng, day, self._scale, released)
        planted = incidents(day, self._until)
        times = _report_times(sessions)
        silent = affected(planted["silent"], sessions, times)
        rows = np.flatnonzero(~silent)
        rows = rows[np.argsort(times.end[rows], kind="stable")]
        times = ReportTimes(*(getattr(times, name)[rows] for name in ReportTimes.__slots__))
        measured = measure(rng, sessions, times, planted)
        return _DayReports(
            rng, day, sessions=sessions, times=times, measured=measured,
            ended=ends.draw(rng, sessions, times, measured),
            # Drawn apart, so that all else stays as it is.
            experienced=experience.draw(rng.spawn(1)[0], sessions, times, measured),
            countries=self._countries(rng, sessions),
        )  # fmt: skip

    def _countries(self, rng: np.random.Generator, sessions: Sessions) -> list[str | None]:
        """The country of each session, looked up in the country file by an address of it."""
        picks = rng.integers(0, addresses.PER_COUNTRY, len(sessions.start))
        return [
            self._locate(there[pick % len(there)])[0] if there else None
            for there, pick in zip(
                (self._addresses[country] for country in sessions.country), picks, strict=True
            )
        ]


def _report_times(sessions: Sessions) -> ReportTimes:
    """The minutes in which the sessions are open."""
    lengths = sessions.minutes
    session = np.repeat(np.arange(len(lengths)), lengths)
    minute = np.arange(len(session)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    period_ends = sessions.start[session] + (minute + 1) * MINUTE
    return ReportTimes(session, minute, period_ends, minute == lengths[session] - 1)


class _DayReports:
    """Builds the reports of the sessions of a day row by row from the columns."""

    def __init__(
        self,
        rng: np.random.Generator,
        day: datetime,
        *,
        sessions: Sessions,
        times: ReportTimes,
        measured: Measurements,
        ended: Ends,
        experienced: Experience,
        countries: list[str | None],
    ) -> None:
        self._begin = day
        self._sessions = sessions
        self._times = times
        self._measured = measured
        self._ended = ended
        self._experienced = experienced
        self._countries = countries
        self._session_ids = rng.bytes(16 * len(sessions.start))
        self._report_ids = rng.bytes(16 * len(times.session))
        self._setup_ms = rng.lognormal(0.9, 0.3, len(times.session)) * measured.round_trip

    def between(self, begin: datetime, end: datetime) -> Iterator[ClientReport]:
        """The reports whose periods end in [begin, end), in order."""
        first, last = np.searchsorted(
            self._times.end, [(at - self._begin).total_seconds() for at in (begin, end)]
        )
        return (self._report(row) for row in range(first, last))

    def _report(self, row: int) -> ClientReport:
        times, measured, sessions = self._times, self._measured, self._sessions
        session = int(times.session[row])
        app = world.APPS[sessions.app[session]]
        browser, system, _ = PLATFORMS[sessions.platform[session]]
        end = self._begin + timedelta(seconds=float(times.end[row]))
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
            ux_errors=int(measured.ux_errors[row]),
            protocol=PROTOCOLS[sessions.app[session]],
            reply_buckets=tuple(
                measured.reply[1][slice(*measured.reply[0][row : row + 2])].tolist()
            ),
            reply_counts=tuple(
                measured.reply[2][slice(*measured.reply[0][row : row + 2])].tolist()
            ),
            reply_sum_us=int(measured.reply_sum_us[row]),
            **self._kinds(row, downtime),
            **self._experience(row),
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

    def _experience(self, row: int) -> dict[str, Any]:
        """Of the page what is measured once stands in the first report of a session, of its people
        in the last."""
        each, times = self._experienced, self._times
        of_page = {
            "page_load_ms": round(float(each.page_load_ms[row])),
            "lcp_ms": round(float(each.lcp_ms[row])),
            "cls": float(each.cls[row]),
        }
        return {
            "interactions": int(each.interactions[row]),
            "longest_silence_ms": round(float(each.longest_silence_ms[row])),
            "inp_ms": round(float(each.inp_ms[row])) if times.is_last[row] else None,
            **(of_page if times.minute[row] == 0 else {}),
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
