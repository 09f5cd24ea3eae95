"""From a posted body to committed rows and a receipt: one way for reports, samples and events.

What is particular to each is data, a `Kind`. WSGI only, no Flask.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from ingest import payloads
from ingest.collector.outcomes import Outcomes
from ingest.http import request_body
from ingest.http.problems import Problem, ServiceUnavailable, UnsupportedMediaType
from ingest.http.request_body import Environ
from ingest.payloads import Fault

from . import receipts
from .receipts import Received, Rejection, WsgiResponse
from .write_buffer import CommitResult, StoreBusy

RETRY_SECONDS = 5
NOTHING = CommitResult(frozenset(), {})
Row = TypeVar("Row")
Bounded = tuple[list[Row], Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Witness(Generic[Row]):
    """Hears of each request of a kind: what was received of it, or the problem it was refused
    with."""

    received: Callable[[Environ, Received[Row]], None]
    refused: Callable[[Environ, Problem], None]


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row]):
    """What is particular to reports, samples or events.

    `name` is that of one item, `source` the label of its outcomes, `ids` what makes an item sent
    again a duplicate, `largest_body` in bytes. `admit` (before the body is read) and `admit_items`
    (with the number of items) raise `Problem` for a sender that may not post. `decoder` makes of a
    request the function that reads an item received at an instant, or raises `Fault`. `store`
    commits, or raises `StoreBusy`. `bound` makes of the valid rows received at an instant those to
    store, with the position and a name for each cut, or raises `Problem`; `unstored` hears of those
    that `store` failed to commit. The lag of an accepted row is counted from
    its `period_end`.
    """

    name: str
    source: str
    admit: Callable[[Environ], None]
    decoder: Callable[[Environ], Callable[[Any, datetime], Row]]
    store: Callable[[Sequence[Row]], CommitResult]
    receipt: Callable[[Received[Row]], WsgiResponse] = receipts.of_batch
    period_end: Callable[[Row], datetime] | None = None
    admit_items: Callable[[Environ, int], None] | None = None
    unknown_fields: Callable[[Any], int] | None = None
    bound: Callable[[Environ, Sequence[Row], datetime], Bounded[Row]] | None = None
    unstored: Callable[[Sequence[Row]], None] | None = None
    witness: Witness[Row] | None = None
    ids: str = "ids"
    media_types: Sequence[str] = (receipts.JSON,)
    media_type_hint: str = "Send application/json."
    largest_body: int = request_body.LARGEST_BODY
    most_items: int = payloads.MOST_REPORTS

    @property
    def list_name(self) -> str:
        """The member of a body that holds several items."""
        return f"{self.name}s"


class Pipeline(Generic[Row]):
    """Receives one kind; 2xx means committed."""

    def __init__(self, kind: Kind[Row], outcomes: Outcomes, now: Callable[[], datetime]) -> None:
        self._kind = kind
        self._outcomes = outcomes
        self._now = now

    def post(self, environ: Environ) -> WsgiResponse:
        """Validate and commit the items of one request. Never raises `Problem`."""
        try:
            received = self._received(environ, self._items(environ))
        except Problem as problem:
            return self.refusal(environ, problem)
        if self._kind.witness is not None:
            self._kind.witness.received(environ, received)
        for rejection in received.rejected:
            self._outcomes.count_rejected(self._kind.source, rejection.field, rejection.reason)
        return self._kind.receipt(received)

    def refusal(self, environ: Environ, problem: Problem) -> WsgiResponse:
        """Count a refused request; its response."""
        if self._kind.witness is not None:
            self._kind.witness.refused(environ, problem)
        self._outcomes.count_refused(self._kind.source, problem.status, problem.outcome)
        return receipts.of_problem(problem)

    def _items(self, environ: Environ) -> list[Any]:
        kind = self._kind
        if request_body.media_type(environ) not in kind.media_types:
            raise UnsupportedMediaType(kind.media_type_hint)
        kind.admit(environ)
        items = request_body.items(environ, kind.list_name, kind.largest_body)
        if kind.admit_items is not None:
            kind.admit_items(environ, len(items))
        return items

    def _received(self, environ: Environ, items: list[Any]) -> Received[Row]:
        """The outcome: each item is judged by itself, a list that is too long is not read."""
        kind, now = self._kind, self._now()
        if len(items) > kind.most_items:
            reason = f"must hold at most {kind.most_items}"
            return Received(now, [Rejection(kind.most_items, kind.list_name, reason)])
        valid, rejected = self._read(environ, items, now)
        rows: list[Row] = list(valid.values())
        cut: Sequence[tuple[int, str]] = ()
        if kind.bound is not None and rows:
            rows, cut = kind.bound(environ, rows, now)
        committed = self._commit(rows) if rows else NOTHING
        if committed.refused:
            rejected += self._refused(list(valid), committed)
            rejected.sort(key=lambda rejection: rejection.index)
        accepted, conflicts = len(committed.accepted), len(committed.conflicts)
        duplicates = len(rows) - accepted - conflicts - len(committed.refused)
        self._count(rows, committed, duplicates, now)
        names = [name for row, name in cut if row in committed.accepted]
        self._outcomes.count_cut(kind.source, names)
        unknown = sum(map(kind.unknown_fields, items)) if kind.unknown_fields is not None else 0
        return Received(self._now(), rejected, rows, accepted, duplicates, conflicts, unknown)

    def _read(
        self, environ: Environ, items: list[Any], now: datetime
    ) -> tuple[dict[int, Row], list[Rejection]]:
        """Valid rows by the index of their item, and the rejections of all others."""
        read, valid, rejected = self._kind.decoder(environ), dict[int, Row](), []
        for index, item in enumerate(items):
            try:
                valid[index] = read(item, now)
            except Fault as fault:
                rejected.append(Rejection(index, fault.field, fault.reason))
        return valid, rejected

    def _commit(self, rows: Sequence[Row]) -> CommitResult:
        try:
            return self._kind.store(rows)
        except StoreBusy as fault:
            if self._kind.unstored is not None:
                self._kind.unstored(rows)
            reason = f" ({fault})" if str(fault) else ""
            raise ServiceUnavailable(
                f"Nothing was stored for sure{reason}: "
                f"send it again with the same {self._kind.ids}.",
                retry_after=RETRY_SECONDS,
            ) from fault

    def _refused(self, indices: Sequence[int], committed: CommitResult) -> list[Rejection]:
        reason = "the store refuses a value"
        return [Rejection(indices[row], self._kind.name, reason) for row in committed.refused]

    def _count(
        self, rows: Sequence[Row], committed: CommitResult, duplicates: int, now: datetime
    ) -> None:
        kind = self._kind
        self._outcomes.count_stored(
            kind.source, len(committed.accepted), duplicates, len(committed.conflicts)
        )
        if kind.period_end is not None:
            for row in committed.accepted:
                self._outcomes.count_lag(kind.source, now - kind.period_end(rows[row]))
