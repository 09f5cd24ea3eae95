"""What proxies send is compared with what is configured: said once, and by the health check."""

import logging

import pytest

from analytics.operations.health import OK, Status
from ingest.proxies.forwarding import LASTING_SECONDS, NOT_SENT, NOT_TRUSTED, Forwarding

PROXY = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
BROWSER = {"REMOTE_ADDR": "10.0.0.7", "HTTP_USER_AGENT": "Mozilla/5.0 (X11)"}


def test_forwarded_headers_without_a_trusted_hop_are_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    forwarding = Forwarding(0)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            forwarding.note(PROXY)
    assert caplog.messages == [NOT_TRUSTED]
    assert forwarding.check().status is Status.DEGRADED


def test_a_trusted_hop_that_sends_nothing_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    forwarding = Forwarding(1)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            forwarding.note(BROWSER)
    assert caplog.messages == [NOT_SENT]
    assert forwarding.check().detail == NOT_SENT


@pytest.mark.parametrize(
    ("hops", "environ"),
    [
        (0, BROWSER), (0, PROXY | {"REMOTE_ADDR": "8.8.8.8"}), (0, PROXY | {"REMOTE_ADDR": "x"}),
        (1, PROXY | BROWSER), (1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "curl/8"}),
        (1, BROWSER | {"REMOTE_ADDR": "8.8.8.8"}),
    ],
)  # fmt: skip
def test_what_is_as_configured_or_from_anybody_says_nothing(
    hops: int, environ: dict[str, str]
) -> None:
    forwarding = Forwarding(hops)
    forwarding.note(environ)
    assert forwarding.check() is OK


def test_a_notice_ends_when_no_such_request_comes_any_more() -> None:
    seconds = [0.0]
    forwarding = Forwarding(0, lambda: seconds[0])
    forwarding.note(PROXY)
    seconds[0] = LASTING_SECONDS + 1
    assert forwarding.check() is OK
