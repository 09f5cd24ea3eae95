"""Which senders are out of proportion: set aside until they are calm. No I/O."""

import secrets
from collections.abc import Callable, Sequence
from math import ceil
from uuid import UUID

from ingest.http.sender import Address, household
from models.raw.client_reports import ClientReport

from .amounts import Amounts
from .population import Load, bound_of, few
from .sender_loads import ALL_APPS, SenderLoads
from .session_bound import SessionUse

COMPARE_SECONDS, COMPARE_MANY_SECONDS = 2, 10
MANY_SENDERS = 5_000  # about 5 ms to compare
FEWEST_SESSIONS = 10
Brought = Sequence[tuple[ClientReport, Amounts, SessionUse]]


class Senders:
    """The senders of one worker, by hashes with a key of its own. `sessions_of_few`: how many new
    ones a sender may start in ten minutes over all `workers` while few report; 0: no bound.

    `withdraw` is called with the sessions a sender started lately when it is set aside.
    """

    def __init__(
        self, sessions_of_few: int, workers: int, withdraw: Callable[[Sequence[UUID]], None]
    ) -> None:
        self.loads = SenderLoads()
        self._workers = workers
        self._is_on = sessions_of_few > 0
        self._of_few = few(max(FEWEST_SESSIONS, ceil(sessions_of_few / workers)))
        self._bounds: dict[str, Load] = {}
        self._compared_at = 0.0
        self._set_aside: set[int] = set()
        self._withdraw = withdraw
        self._key = secrets.token_bytes(16)

    def admits(self, address: Address | None, brought: Brought, at: float) -> bool:
        """Count the reports of a request at the second `at`; false when their sender is set aside,
        by them or before."""
        if not self._is_on:
            return True
        sender = self._hash(address)
        for report, amounts, use in brought:
            is_new = use.sender != sender
            use.sender = sender
            self.loads.add(sender, report.app, report.session_id, amounts, is_new=is_new)
        self.compare(at)
        if sender in self._set_aside:
            return self._is_calm(sender)
        for app in {ALL_APPS, *(report.app for report, _, _ in brought)}:
            if self._exceeds(app, sender):
                self._set_sender_aside(sender)
                return False
        return True

    def compare(self, at: float) -> None:
        """Judge all senders again when the last time is some seconds ago: those too that were there
        before the others, and send nothing more."""
        is_large = self.loads.senders > MANY_SENDERS
        seconds = COMPARE_MANY_SECONDS if is_large else COMPARE_SECONDS
        if self._is_on and not 0 <= at - self._compared_at < seconds:
            self._compare(at)

    def _exceeds(self, app: str, sender: int) -> bool:
        return self.loads.load(app, sender).exceeds(self._bounds.get(app, self._of_few))

    def _is_calm(self, sender: int) -> bool:
        """Whether it is within every bound again; it is not set aside any more then."""
        if any(self._exceeds(app, sender) for app in self.loads.apps()):
            self.loads.take_sessions(sender)
            return False
        self._set_aside.discard(sender)
        return True

    def _set_sender_aside(self, sender: int) -> None:
        self._set_aside.add(sender)
        self._withdraw(self.loads.take_sessions(sender))

    def _compare(self, at: float) -> None:
        """Make the bounds of each app again, and judge all senders by them."""
        self._compared_at = at
        self._bounds = {}
        # Who was not heard for ten minutes is calm.
        self._set_aside &= {sender for sender, _ in self.loads.loads(ALL_APPS)}
        for app in self.loads.apps():
            loads = [
                (sender, load)
                for sender, load in self.loads.loads(app)
                if sender not in self._set_aside
            ]
            bound = bound_of((load for _, load in loads), self._of_few, self._workers)
            self._bounds[app] = bound
            for sender, load in loads:
                if load.exceeds(bound):
                    self._set_sender_aside(sender)

    def _hash(self, address: Address | None) -> int:
        # Of bytes, Python's is SipHash with a key of the process.
        return hash(self._key + household(address)) or 1
