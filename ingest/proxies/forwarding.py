"""Notices whether what proxies send is read: said once in the log, and by the health check.

Only requests from a loopback or private address count, as from a proxy of one's own: what anybody
else writes into a header says nothing about our proxies.
"""

import logging
from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING

from analytics.operations.health import OK, Check, Status
from ingest.http.sender import address_of

from .mismatch import is_forwarded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LASTING_SECONDS = 600.0  # without another such request a notice ends
BROWSER = "Mozilla/"  # how the name of every browser begins: probes and programs come directly
NOT_TRUSTED = (
    "Requests come with X-Forwarded-For, but no proxy is trusted: everybody counts as one sender, "
    "and https is not known. Set TRUSTED_PROXY_HOPS to the number of proxies, and PUBLIC_URL."
)
NOT_SENT = (
    "TRUSTED_PROXY_HOPS is set, but browsers come without X-Forwarded-For: have the proxy send it, "
    "with X-Forwarded-Proto, or set TRUSTED_PROXY_HOPS to 0."
)
logger = logging.getLogger(__name__)


class Forwarding:
    """What the proxies of one worker send, against `hops` that are trusted."""

    def __init__(self, hops: int, clock: Callable[[], float] = monotonic) -> None:
        self._hops = hops
        self._clock = clock
        self._noticed_at: float | None = None
        self._detail = NOT_SENT if hops else NOT_TRUSTED
        self._is_logged = False

    def note(self, environ: "WSGIEnvironment") -> None:
        """Take notice of a request, before any header of it was believed."""
        if self._is_as_configured(environ):
            return
        address = address_of(environ.get("REMOTE_ADDR"))
        if address is None or not (address.is_loopback or address.is_private):
            return
        self._noticed_at = self._clock()
        if not self._is_logged:
            self._is_logged = True
            logger.warning(self._detail)

    def check(self) -> Check:
        """For the health check; a notice lasts for ten minutes after the last such request."""
        at = self._noticed_at
        if at is None or self._clock() - at > LASTING_SECONDS:
            return OK
        return Check(status=Status.DEGRADED, detail=self._detail)

    def noting(self, inner: "WSGIApplication") -> "WSGIApplication":
        """WSGI middleware that takes notice of each request on its way to `inner`."""

        def application(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            self.note(environ)
            return inner(environ, start_response)

        return application

    def _is_as_configured(self, environ: "WSGIEnvironment") -> bool:
        if self._hops:
            agent: str = environ.get("HTTP_USER_AGENT", "")
            return is_forwarded(environ) or not agent.startswith(BROWSER)
        return not is_forwarded(environ)
