"""From drawn columns to the reports as they would have been received."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from ingest.collector.country import Locate
from models.metrics.histogram import counted
from models.raw.client_reports import ClientReport

from . import addresses, world
from .incidents import incidents
from .measurements import Measurements, Moments, measure, touched
from .sessions import PLATFORMS, Ints, Sessions, draw

MINUTE = world.PERIOD.total_seconds()
LEAST_AVERAGE = 9.0  # reports a session; it has more, and sessions too many are not taken
MOST_A_SESSION = 90


def generate(end: datetime, count: int, seed: int, locate: Locate) -> Iterator[ClientReport]:
    """`count` reports of the thirty days before `end`, oldest first; the same for the same seed."""
    rng = np.random.default_rng(seed)
    begin = end - timedelta(days=world.DAYS)
    planted = incidents(begin, end)
    sessions = draw(rng, begin, world.DAYS * 24, round(count / LEAST_AVERAGE) + 100)
    moments = _moments(sessions)
    silent = touched(planted["silent"], sessions, moments)
    moments = _first(rng, moments, np.flatnonzero(~silent), count)
    measured = measure(rng, sessions, moments, planted)
    yield from _Writer(
        rng, begin, sessions=sessions, moments=moments, measured=measured, locate=locate
    ).reports()


def _moments(sessions: Sessions) -> Moments:
    """The minutes in which the sessions are open, up to the end."""
    lengths = np.minimum(sessions.minutes, MOST_A_SESSION)
    session = np.repeat(np.arange(len(lengths)), lengths)
    minute = np.arange(len(session)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    ends = sessions.start[session] + (minute + 1) * MINUTE
    past = ends < world.DAYS * 86400
    is_last = minute == lengths[session] - 1
    return Moments(session[past], minute[past], ends[past], is_last[past])


def _first(rng: np.random.Generator, moments: Moments, rows: Ints, count: int) -> Moments:
    """Whole sessions by lot until there are `count` reports, then ordered by time."""
    lot = rng.permutation(int(moments.session.max()) + 1)
    by_lot = rows[np.argsort(lot[moments.session[rows]], kind="stable")][:count]
    chosen = by_lot[np.argsort(moments.end[by_lot], kind="stable")]
    return Moments(*(getattr(moments, name)[chosen] for name in Moments.__slots__))


class _Writer:
    """Holds the columns while reports are made of them."""

    def __init__(
        self,
        rng: np.random.Generator,
        begin: datetime,
        *,
        sessions: Sessions,
        moments: Moments,
        measured: Measurements,
        locate: Locate,
    ) -> None:
        self._begin = begin
        self._sessions = sessions
        self._moments = moments
        self._measured = measured
        self._session_ids = rng.bytes(16 * len(sessions.start))
        self._report_ids = rng.bytes(16 * len(moments.session))
        self._setup_ms = rng.lognormal(0.9, 0.3, len(moments.session)) * measured.round_trip
        self._load_ms = rng.lognormal(np.log(900), 0.35, len(moments.session))
        self._countries = self._located(rng, locate)

    def reports(self) -> Iterator[ClientReport]:
        """One after the other."""
        return (self._report(row) for row in range(len(self._moments.session)))

    def _located(self, rng: np.random.Generator, locate: Locate) -> list[str | None]:
        """The country of each session: what the country file says of an address in it."""
        codes = [country.code for country in world.COUNTRIES]
        drawn = addresses.draw(rng, locate, codes)
        picks = rng.integers(0, addresses.PER_COUNTRY, len(self._sessions.start))
        result: list[str | None] = []
        for country, pick in zip(self._sessions.country, picks, strict=True):
            known = drawn[codes[country]]
            result.append(locate(known[pick % len(known)])[0] if known else None)
        return result

    def _report(self, row: int) -> ClientReport:
        moments, measured, sessions = self._moments, self._measured, self._sessions
        session = int(moments.session[row])
        app = world.APPS[sessions.app[session]]
        browser, system, _ = PLATFORMS[sessions.platform[session]]
        end = self._begin + timedelta(seconds=round(float(moments.end[row]), 3))
        begins, drops = bool(moments.minute[row] == 0), int(measured.drops[row])
        failed, extra = int(measured.failed[row]), int(measured.extra_attempts[row])
        recovery = [round(float(measured.recovery_ms[row]) * (1 + n * 0.3)) for n in range(drops)]
        opened = int(begins) + drops
        setups = counted([float(self._setup_ms[row])] * opened)
        downtime = min(sum(recovery), int(MINUTE * 1000))
        silent = browser.startswith(world.SILENT_ON_NETWORK) or "Safari" in browser
        first, last = measured.latency[0][row], measured.latency[0][row + 1]
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
            attempts=opened + failed + extra,
            opened=opened,
            failed=failed + extra,
            drops=drops,
            reconnect_attempts=drops + extra,
            reconnect_successes=drops,
            open_ms=int(MINUTE * 1000) - downtime,
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
            latency_buckets=tuple(measured.latency[1][first:last].tolist()),
            latency_counts=tuple(measured.latency[2][first:last].tolist()),
            latency_sum_us=int(measured.latency_sum_us[row]),
            setup_buckets=tuple(setups),
            setup_counts=tuple(setups.values()),
            setup_sum_us=round(float(self._setup_ms[row]) * 1000) * opened,
            network_type=None if silent else ("cellular" if "Mobile" in browser else "wifi"),
            effective_type=None if silent else ("3g" if sessions.on_3g[session] else "4g"),
            rtt_ms=None if silent else round(trip / 25) * 25,
            page_load_ms=round(float(self._load_ms[row]) + 4 * trip) if begins else None,
            ux_errors=int(measured.ux_errors[row]),
            interactions=int(measured.interactions[row]),
        )

    def _closes(self, row: int, drops: int) -> dict[str, int]:
        codes: dict[str, int] = {}
        if drops:
            codes["1012" if self._measured.restarted[row] else "1006"] = drops
        if self._moments.is_last[row]:
            codes["1001" if self._report_ids[16 * row] < 170 else "1000"] = 1
        return codes
