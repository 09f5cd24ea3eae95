"""Country and region of the sender of a report; the address is stored nowhere.

A proxy that knows better may say the country in a header (`CF-IPCountry`, `X-Vercel-IP-Country`,
`CloudFront-Viewer-Country`). It is believed of requests that came through `TRUSTED_PROXY_HOPS`
proxies, whose address the header `X-Forwarded-For` has: anybody else could write it too.
"""

import logging
from collections.abc import Callable

from analytics.country_file.locator import Locator
from analytics.country_file.reader import Location
from analytics.geo.countries import country_code
from ingest.http.request_body import Environ
from ingest.http.sender import address_of
from settings import Settings

NOT_DECIDED = ("", "XX")  # of Cloudflare: it does not know either
Locate = Callable[[str | None], Location]
LocateSender = Callable[[Environ], Location]
logger = logging.getLogger(__name__)


def locator(settings: Settings) -> Locate:
    """A function from the text of an address to its location."""
    files = Locator(settings)
    return lambda sender: files.locate(address_of(sender))


def sender_locator(settings: Settings, files: Locator) -> LocateSender:
    """A function from a request to the location of its sender."""
    header, hops = settings.metrics_country_header, settings.trusted_proxy_hops

    def by_address(environ: Environ) -> Location:
        return files.locate(address_of(environ.get("REMOTE_ADDR")))

    if not header or not settings.enable_metrics_geolocation:
        return by_address
    if not hops:
        logger.warning("METRICS_COUNTRY_HEADER is not read while TRUSTED_PROXY_HOPS is 0.")
        return by_address
    name = "HTTP_" + header.upper().replace("-", "_")

    def by_header(environ: Environ) -> Location:
        text = environ.get(name, "").strip()
        if text.upper() in NOT_DECIDED or not _came_by_proxies(environ, hops):
            return by_address(environ)
        country = country_code(text)
        country_of_file, region = by_address(environ)
        return country, region if country == country_of_file else None

    return by_header


def _came_by_proxies(environ: Environ, hops: int) -> bool:
    """Whether at least so many proxies wrote whom they had the request from."""
    addresses: str = environ.get("HTTP_X_FORWARDED_FOR", "")
    return bool(addresses) and addresses.count(",") + 1 >= hops
