"""One connection by stages, with the cause of what fails."""

import ssl

import pytest
import trustme

from analytics.probes.attempt import Attempt, attempt
from analytics.probes.faults import OPENING, NotConnected, Stage, of_error, of_status
from analytics.probes.targets import Target
from tests.support.servers import odd_servers


def tried(url: str, seconds: float = 5.0, *, is_own: bool = True) -> Attempt:
    return attempt(Target("x", url, is_own=is_own), "probe", seconds)


@pytest.mark.parametrize("is_own", [True, False])
def test_every_stage_of_a_connection_is_timed(is_own: bool) -> None:
    with odd_servers.echoing(is_mute=not is_own) as url:
        outcome = tried(url, is_own=is_own)
    assert list(outcome.stages) == [*(s for s in OPENING if s is not Stage.TLS), Stage.REPLY,
                                    Stage.CLOSE]  # fmt: skip
    assert (outcome.is_up, outcome.failed, outcome.close_code) == (True, None, 1000)
    assert outcome.handshake is not None
    assert outcome.certificate_days is None


def test_a_certificate_is_checked_and_its_days_are_counted() -> None:
    authority = trustme.CA()
    server, client = (ssl.create_default_context(purpose) for purpose in
                      (ssl.Purpose.CLIENT_AUTH, ssl.Purpose.SERVER_AUTH))  # fmt: skip
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)
    with odd_servers.echoing(server) as url:
        outcome = attempt(Target("x", url, is_own=True), "probe", 5.0, trust=client)
        stranger = tried(url)
    assert outcome.is_up
    assert outcome.certificate_days is not None
    assert outcome.certificate_days > 1
    assert (stranger.failed, stranger.code) == (Stage.TLS, "certificate")


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (odd_servers.PAGE, "answered-200"), (odd_servers.STRIPPED, "upgrade-stripped"),
        (odd_servers.GARBAGE, "bad-answer"), (None, "timeout"), (b"", "ended"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "proxy"),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "redirected"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "bad-answer"),
    ],
)  # fmt: skip
def test_a_handshake_that_fails_says_why(response: bytes | None, code: str) -> None:
    with odd_servers.answering(response) as url:
        outcome = tried(url, 0.5)
    assert (outcome.failed, outcome.code) == (Stage.UPGRADE, code), outcome.reason
    assert outcome.reason.endswith(".")
    assert not outcome.is_up


def test_where_nothing_is_heard_it_says_at_which_stage() -> None:
    refused = tried(odd_servers.nobody())
    assert (refused.failed, refused.code) == (Stage.TCP, "refused")
    unknown = tried("ws://nowhere.invalid/ws")
    assert (unknown.failed, unknown.code) == (Stage.LOOKUP, "no-such-host")
    with odd_servers.echoing(is_mute=True) as url:
        mute = tried(url, 0.3)
    assert (mute.failed, mute.code, mute.is_up) == (Stage.REPLY, "timeout", False)
    with odd_servers.answering(odd_servers.GARBAGE) as url:
        plain = tried(url.replace("ws://", "wss://"))
    assert (plain.failed, plain.code) == (Stage.TLS, "no-tls")


def test_statuses_and_errors_without_a_cause_of_their_own() -> None:
    for status in (401, 403, 404, 418, 429, 500, 503, 504, 999):
        fault = of_status(status)
        assert isinstance(fault, NotConnected)
        assert str(status) in str(fault)
    assert of_error(Stage.TCP, OSError()).code == "unreachable"
