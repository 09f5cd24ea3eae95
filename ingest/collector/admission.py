"""Who may post reports now: origin, ingest key, rates per sender and in total."""

import hmac
from time import monotonic

from ingest.http import request_body
from ingest.http.arrivals import Arrivals
from ingest.http.problems import TooManyRequests, Unauthorized
from ingest.http.rate_limit import Bucket, RateLimiter
from ingest.http.request_body import Environ
from ingest.http.sender import is_loopback, sender_key
from ingest.proxies.origin_rule import OriginRule
from settings import Settings


class ReportAdmission:
    """The rules for senders of reports; the rate of each holds over all workers of the node, that
    of all senders over this worker.

    Every method raises a `Problem` for one it refuses.
    """

    def __init__(self, settings: Settings, arrivals: Arrivals, origins: OriginRule) -> None:
        self._settings = settings
        self._origins = origins
        self._per_sender = RateLimiter(settings.metrics_rate_per_address, arrivals)
        self._total = Bucket(settings.metrics_rate_total)

    def check_origin(self, environ: Environ) -> None:
        """Refuse pages of other origins (403)."""
        self._origins.check(environ)

    def admit(self, environ: Environ) -> None:
        """Check the key (401), and take one report of the rates (429), before the body is read."""
        expected = self._settings.metrics_ingest_key
        if expected is not None:
            key = request_body.ingest_key(environ)
            if not hmac.compare_digest(key.encode("utf-8", "surrogatepass"), expected.encode()):
                raise Unauthorized("The ingest key is missing or wrong: send it as X-Ingest-Key.")
        self._take(environ, 1)

    def admit_items(self, environ: Environ, count: int) -> None:
        """Take the other reports of the body (429)."""
        if count > 1:
            self._take(environ, count - 1)

    def _take(self, environ: Environ, reports: int) -> None:
        address, at, wait = environ.get("REMOTE_ADDR"), monotonic(), 0
        if self._settings.trusted_proxy_hops or not is_loopback(address):
            wait = self._per_sender.take(sender_key(address), reports, at)
        wait = wait or self._total.take(reports, at)
        if wait:
            raise TooManyRequests(
                f"Too many reports: come back in {wait} s with the same report ids.",
                retry_after=wait,
            )


class SharedRate:
    """One rate of requests for all senders of samples and events."""

    def __init__(self, per_second: float) -> None:
        self._bucket = Bucket(per_second)

    def admit(self, _environ: Environ) -> None:
        """Take one request. Raises `TooManyRequests`."""
        wait = self._bucket.take(1, monotonic())
        if wait:
            raise TooManyRequests(f"Too many: come back in {wait} s.", retry_after=wait)
