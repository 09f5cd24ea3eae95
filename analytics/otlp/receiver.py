"""Posts to the OTLP receiver, within one deadline, and says what it replied."""

import gzip

from analytics.notifications.deadline import NotDelivered
from analytics.notifications.webhook.webhook import Webhook
from settings import Settings

PATH = "/v1/metrics"
DEADLINE_SECONDS = 20.0  # less than a minute, after which the next is due
HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}


class NotExported(Exception):
    """The receiver did not take it. The text is its reply, or the error."""


def post(settings: Settings, request: bytes) -> None:
    """Send one request, compressed. Raises `NotExported`."""
    url = f"{settings.otel_exporter_otlp_endpoint}{PATH}"
    headers = {**dict(settings.otel_exporter_otlp_headers), **HEADERS}
    webhook = Webhook(allow_private=True, deadline_seconds=DEADLINE_SECONDS)
    try:
        webhook.post(url, gzip.compress(request, 6), headers)
    except NotDelivered as fault:
        raise NotExported(f"{url}: {fault}") from fault
