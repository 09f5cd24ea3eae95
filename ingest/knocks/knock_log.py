"""What knocked at one worker since the last flush: a dictionary update, without lock or query.

All of it is hostile. Texts are cut; a flush has at most `MOST_KEYS` callers; and a sender may bring
only so many new ones in ten minutes, so that nobody drives others off the list. Addresses are
counted in memory alone.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import msgspec

from ingest.collector.outcome_names import of_fault, of_refusal
from ingest.collector.receipts import Received
from ingest.http.problems import Problem
from ingest.http.sender import sender_key
from ingest.proxies.mismatch import OtherOrigin, cut
from models.database.engine import DatabaseAway
from models.operations.knocks import ORIGIN, PAGE, SERVER, SOCKET, Knock, Knocks
from models.raw.client_reports import ClientReport
from models.raw.server_samples import ServerSample

FLUSH_SECONDS = 2.0  # with a new caller
REPEAT_SECONDS = 15.0  # with those that are stored already
PRUNE_EVERY = timedelta(minutes=5)
LONGEST_DETAIL = 800
MOST_KEYS = 64
MOST_FAMILIAR = 1_000
MOST_SENDERS = 2_000
NEW_PER_SENDER = 12
SENDER_SECONDS = 600.0
Environ = Mapping[str, Any]
Key = tuple[str, str, str, str]
logger = logging.getLogger(__name__)


class KnockLog:
    """The knocks of one worker."""

    def __init__(
        self,
        store: Knocks,
        now: Callable[[], datetime],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._now = now
        self._clock = clock
        self._pending: dict[Key, Knock] = {}
        self._familiar: set[Key] = set()
        self._senders: dict[str, int] = {}
        self._senders_since = self._flushed_at = clock()
        self._pruned_at: datetime | None = None
        self._has_new = False

    def page_reports(self, environ: Environ, received: Received[ClientReport]) -> None:
        """Reports of a page: those stored, or the first fault of those that are not."""
        origin = environ.get("HTTP_ORIGIN", "")
        for report in received.rows:
            self._add(
                environ, (PAGE, origin, report.app, ""),
                sockets=report.opened,
                round_trips=sum(report.latency_counts) + sum(report.reply_counts),
                protocol=report.protocol or "", blind=",".join(report.may_be_blind or ()),
            )  # fmt: skip
        for fault in received.rejected[:1]:
            refusal = of_fault(fault.field, fault.reason)
            self._add(environ, (PAGE, origin, "", refusal), detail=f"{fault.field}: {fault.reason}")

    def samples(self, environ: Environ, received: Received[ServerSample]) -> None:
        """Samples of a server."""
        for sample in received.rows:
            self._add(
                environ, (SERVER, sample.service, sample.app or "", ""), sockets=sample.opened
            )
        for fault in received.rejected[:1]:
            refusal = of_fault(fault.field, fault.reason)
            self._add(environ, (SERVER, "", "", refusal), detail=f"{fault.field}: {fault.reason}")

    def page_refused(self, environ: Environ, problem: Problem) -> None:
        """A page whose reports were refused."""
        self._refused(PAGE, environ, problem)

    def socket_refused(self, environ: Environ, problem: Problem) -> None:
        """A page whose WebSocket was refused, for its origin alone: a server sees the others."""
        if isinstance(problem, OtherOrigin):
            self._refused(SOCKET, environ, problem)

    def server_refused(self, environ: Environ, problem: Problem) -> None:
        """A server whose samples were refused."""
        self._refused(SERVER, environ, problem)

    def flush(self) -> None:
        """Store what is pending, when it is due. Raises `DatabaseAway`; the next flush retries."""
        waited = self._clock() - self._flushed_at
        if not self._pending or not (self._has_new or waited >= REPEAT_SECONDS):
            return
        pending, self._pending = self._pending, {}
        self._has_new, self._flushed_at = False, self._clock()
        try:
            self._store.add(list(pending.values()))
        except DatabaseAway:
            for key, knock in pending.items():
                self._put(key, knock)
            raise
        self._prune()

    def finish(self) -> None:
        """Flush a last time when the worker stops."""
        self._has_new = True
        try:
            self.flush()
        except DatabaseAway:
            logger.info("the store is away, the last knocks of this worker are lost")

    def _refused(self, source: str, environ: Environ, problem: Problem) -> None:
        refusal = ORIGIN if isinstance(problem, OtherOrigin) else of_refusal(problem.status)
        caller = environ.get("HTTP_ORIGIN", "")
        self._add(environ, (source, caller, "", refusal), detail=problem.detail)

    def _add(self, environ: Environ, key: Key, *, detail: str = "", **counts: Any) -> None:
        key = (key[0], cut(key[1]), cut(key[2]), cut(key[3]))
        if key not in self._familiar and not self._admits(environ.get("REMOTE_ADDR")):
            return
        now = self._now()
        self._put(
            key,
            Knock(
                source=key[0], caller=key[1], app=key[2], refusal=key[3], first_at=now,
                last_at=now, detail=cut(detail, LONGEST_DETAIL), **counts,
            ),
        )  # fmt: skip
        self._remember(key)

    def _put(self, key: Key, knock: Knock) -> None:
        before = self._pending.get(key)
        if before is not None:
            knock = _sum(before, knock)
        elif len(self._pending) >= MOST_KEYS:
            return
        self._pending[key] = knock

    def _remember(self, key: Key) -> None:
        if key in self._familiar:
            return
        if len(self._familiar) >= MOST_FAMILIAR:
            self._familiar.clear()
        self._familiar.add(key)
        self._has_new = True

    def _admits(self, address: str | None) -> bool:
        """Whether the sender may bring another new caller; counts it."""
        at = self._clock()
        if at - self._senders_since > SENDER_SECONDS:
            self._senders, self._senders_since = {}, at
        sender = sender_key(address)
        count = self._senders.get(sender, 0)
        if count >= NEW_PER_SENDER or (not count and len(self._senders) >= MOST_SENDERS):
            return False
        self._senders[sender] = count + 1
        return True

    def _prune(self) -> None:
        now = self._now()
        if self._pruned_at is None or now - self._pruned_at > PRUNE_EVERY:
            self._pruned_at = now
            self._store.prune(now)


def _sum(before: Knock, after: Knock) -> Knock:
    return msgspec.structs.replace(
        after,
        first_at=min(before.first_at, after.first_at),
        count=before.count + after.count,
        sockets=before.sockets + after.sockets,
        round_trips=before.round_trips + after.round_trips,
        protocol=after.protocol or before.protocol,
        blind=after.blind,
    )


def steps(flush: Callable[[], None], refresh: Callable[[], None]) -> Callable[[], None]:
    """One step of a worker's loop: store what knocked, read whom an admin allowed."""
    each: Sequence[Callable[[], None]] = (flush, refresh)

    def step() -> None:
        try:
            for part in each:
                part()
        except DatabaseAway as fault:
            logger.debug("what knocks waits, the store is away: %s", fault)

    return step
