"""Which senders are out of proportion: set aside until they are calm. No I/O."""

from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np

from ingest.http.sender import Address, household
from models.raw.client_reports import ClientReport

from .amounts import Amounts
from .population import Load, bound_of, few
from .sender_loads import ALL_APPS, SenderLoads
from .session_bound import SessionUse
from .shared_loads import SharedLoads

COMPARE_SECONDS, COMPARE_MANY_SECONDS = 2, 10
MANY_SENDERS = 5_000
Brought = Sequence[tuple[ClientReport, Amounts, SessionUse]]


class Senders:
    """The senders of one worker, by hashes with a key of the node. `sessions_of_few`: how many new
    ones a sender may start in ten minutes while few report; 0: no bound.

    What this worker heard alone is judged at once, what all workers of the node heard within
    seconds. `withdraw` is called with the sessions that a sender started here lately when it is
    set aside.
    """

    def __init__(
        self, sessions_of_few: int, node: SharedLoads, withdraw: Callable[[Sequence[UUID]], None]
    ) -> None:
        self.loads = SenderLoads(node)
        self._is_on = sessions_of_few > 0
        self._of_few = few(sessions_of_few)
        self._bounds: dict[int, Load] = {}  # by the hash of the app
        self._compared_at = 0.0
        self._compared = 0
        self._set_aside: set[int] = set()
        self._withdraw = withdraw
        self._key = self.loads.key

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
            self.loads.take_sessions(sender)
            return False
        for app in {ALL_APPS, *(report.app for report, _, _ in brought)}:
            bound = self._bounds.get(hash(app), self._of_few)
            if self.loads.load(app, sender).exceeds(bound):
                self._set_sender_aside(sender)
                return False
        return True

    def compare(self, at: float) -> None:
        """Judge all senders again when the last time is some seconds ago: those too that were there
        before the others, and send nothing more."""
        is_large = self._compared > MANY_SENDERS
        seconds = COMPARE_MANY_SECONDS if is_large else COMPARE_SECONDS
        if self._is_on and not 0 <= at - self._compared_at < seconds:
            self._compared_at = at
            self._compare()

    def _set_sender_aside(self, sender: int) -> None:
        self._set_aside.add(sender)
        self._withdraw(self.loads.take_sessions(sender))

    def _compare(self) -> None:
        """Make the bounds of each app again, and judge all senders of the node by them; who is
        within them all is set aside no more."""
        self._bounds, self._compared = {}, 0
        exceeding = set[int]()
        set_aside = np.fromiter(self._set_aside, dtype=np.int64)
        for app, senders, loads in self.loads.of_node():
            bound = bound_of(loads[~np.isin(senders, set_aside)], self._of_few)
            self._bounds[app] = bound
            self._compared = max(self._compared, len(senders))
            exceeding.update(senders[(loads > bound).any(axis=1)].tolist())
        for sender in exceeding - self._set_aside:
            self._set_sender_aside(sender)
        self._set_aside = exceeding

    def _hash(self, address: Address | None) -> int:
        # Of bytes, Python's is SipHash; processes that are forked have one.
        return hash(self._key + household(address)) or 1
