"""How connections of the demo end: kinds, the silence before, and what leaving pages tell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .measurements import Measurements, ReportTimes
from .sessions import PLATFORMS, Floats, Ints, Sessions

PROTOCOLS = ("socket.io", "signalr", "phoenix")  # of the apps, in their order
LATE_PAGE = 3  # of the portal, on which some browsers load the monitor too late
VANISHED = 0.02  # of sessions, without a last report: a crash, an empty battery
BY_SERVER = 0.12  # of drops without a restart
NEVER_BACK = 0.35  # of drops in the last minute of a session
NOTICED_BY_HEARTBEAT = 0.6  # of lost connections, after a silence


@dataclass(frozen=True, slots=True)
class Ends:
    """Columns of equal length, one value per report; times in ms."""

    lost: Ints
    by_server: Ints
    never_back: Ints
    replaced: Ints
    abandoned: Ints
    silent_ms: Ints
    hidden_share: Floats
    suspended_ms: Ints
    open_losses: Ints
    is_leaving: NDArray[np.bool_]
    is_late: NDArray[np.bool_]
    reads_codes: NDArray[np.bool_]


def draw(
    rng: np.random.Generator, sessions: Sessions, times: ReportTimes, measured: Measurements
) -> Ends:
    """Draw how the drops of all reports came about. A restart closes with 1012, which WebKit reads
    as 1006: there the connection is lost."""
    count, drops = len(times.session), measured.drops
    is_webkit = np.array(["Safari" in browser for browser, *_ in PLATFORMS])
    webkit = is_webkit[sessions.platform[times.session]]
    mobile = np.array([system in ("Android", "iOS") for _, system, _ in PLATFORMS])
    on_phone = mobile[sessions.platform[times.session]]
    by_server = np.where(
        measured.restarted, np.where(webkit, 0, drops), rng.binomial(drops, BY_SERVER)
    )
    lost = drops - by_server
    silent = rng.lognormal(np.log(9000), 0.5, count) * (rng.random(count) < NOTICED_BY_HEARTBEAT)
    never_back = (drops > 0) & times.is_last & (rng.random(count) < NEVER_BACK)
    is_late = (sessions.app == 0) & (sessions.page == LATE_PAGE)
    is_late &= rng.random(len(is_late)) < 0.08
    return Ends(
        lost=lost,
        by_server=by_server,
        never_back=never_back.astype(np.int64),
        replaced=rng.poisson(0.004, count),
        abandoned=rng.binomial(1, np.where(times.minute == 0, 0.015, 0.0)),
        silent_ms=np.where(lost > 0, silent, 0.0).astype(np.int64),
        hidden_share=np.where(on_phone, rng.beta(1, 3, count), 0.02),
        suspended_ms=(on_phone * (rng.random(count) < 0.04) * rng.uniform(3e3, 2e4, count)).astype(
            np.int64
        ),
        open_losses=((drops > 0) & (rng.random(count) < 0.12)).astype(np.int64),
        is_leaving=times.is_last & (rng.random(count) > VANISHED),
        is_late=is_late[times.session],
        reads_codes=~webkit,
    )
