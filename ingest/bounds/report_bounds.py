"""The bounds of sessions and senders, applied to reports before they are stored."""

import logging
from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from ingest.http import arrivals
from ingest.http.problems import SenderSetAside
from ingest.http.request_body import Environ
from ingest.http.sender import address_of
from models.raw.client_reports import ClientReport
from settings import Settings

from . import shared_loads
from .exempt import ExemptSenders
from .sender_loads import SenderLoads
from .senders import Senders
from .session_bound import SessionBound, SessionUse
from .withdrawals import Withdrawals

RETRY_SECONDS = 300
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")
SET_ASIDE = "set aside"
BEHIND_PROXY = "set aside, behind a proxy"
PROXY_HINT = (
    "It came through a proxy, and TRUSTED_PROXY_HOPS is 0, so all people behind that proxy count "
    "as one sender: an operator sets it."
)
logger = logging.getLogger(__name__)


class Cut(NamedTuple):
    """What was cut of the report with a number."""

    number: int
    name: str


class ReportBounds:
    """The bounds of one worker."""

    def __init__(self, settings: Settings, withdrawals: Withdrawals) -> None:
        hops = settings.trusted_proxy_hops
        self._has_proxy = hops > 0
        self._exempt = ExemptSenders(settings.metrics_trusted_networks, hops)
        self._session = SessionBound(settings, arrivals.of_sessions.table())
        self._senders = Senders(
            settings.metrics_sender_sessions, shared_loads.of_node.table(), withdrawals.add
        )
        self._has_logged = False

    def apply(
        self, environ: Environ, reports: Sequence[ClientReport], now: datetime
    ) -> tuple[list[ClientReport], list[Cut]]:
        """The reports within the bound of their sessions, and what was cut of which. Raises
        `SenderSetAside`; nothing is stored then."""
        at, instant = now.timestamp(), monotonic()
        loads = self._senders.loads
        loads.advance(at)
        uses: dict[UUID, SessionUse] = {}
        brought, cut = [], list[Cut]()
        for number, report in enumerate(reports):
            use = uses.get(report.session_id) or loads.use_of(report.session_id)
            uses[report.session_id] = use
            bounded, amounts, names = self._session.apply(report, use, instant)
            cut += [Cut(number, name) for name in names]
            brought.append((bounded, amounts, use))
        address = address_of(environ.get("REMOTE_ADDR"))
        is_admitted = self._exempt.covers(address) or self._senders.admits(address, brought, at)
        for session, use in uses.items():
            if not is_admitted:
                use.times = ()
            loads.remember(session, use)
        if not is_admitted:
            raise self._problem(environ)
        return [report for report, _, _ in brought], cut

    def forget_times(self, reports: Sequence[ClientReport]) -> None:
        """Forget what the sessions of reports covered, which were not stored and may come again."""
        loads = self._senders.loads
        for report in reports:
            use = loads.use_of(report.session_id)
            use.times = ()
            loads.remember(report.session_id, use)

    def compare(self, now: datetime) -> None:
        """Judge all senders again, when it is time to."""
        self._senders.loads.advance(now.timestamp())
        self._senders.compare(now.timestamp())

    @property
    def loads(self) -> SenderLoads:
        """What senders brought lately."""
        return self._senders.loads

    def busy_sessions(self) -> int:
        """The sessions of the node beyond a minute's worth, of `arrivals.SLOTS`."""
        return self._session.busy(monotonic())

    def _problem(self, environ: Environ) -> SenderSetAside:
        detail = (
            "This address sends out of proportion to all others, so nothing of it counts until it "
            "has been calm for ten minutes. Nothing of this request was stored: it may come again "
            "with the same report ids."
        )
        is_behind_proxy = not self._has_proxy and any(name in environ for name in FORWARDED)
        if is_behind_proxy and not self._has_logged:
            self._has_logged = True
            logger.warning("a sender of reports is set aside. %s", PROXY_HINT)
        return SenderSetAside(
            f"{detail} {PROXY_HINT}" if is_behind_proxy else detail,
            retry_after=RETRY_SECONDS,
            outcome=BEHIND_PROXY if is_behind_proxy else SET_ASIDE,
        )
