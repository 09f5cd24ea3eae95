"""Why a connection did not come about, in plain words: by the stage that failed; pure."""

import socket
import ssl
from enum import StrEnum
from http import HTTPStatus


class Stage(StrEnum):
    """What happens one after the other."""

    LOOKUP = "lookup"
    TCP = "tcp"
    TLS = "tls"
    UPGRADE = "upgrade"
    REPLY = "reply"
    CLOSE = "close"


OPENING = (Stage.LOOKUP, Stage.TCP, Stage.TLS, Stage.UPGRADE)


class NotConnected(Exception):
    """A stage failed. `code` names the cause, the text says it and what to look at."""

    def __init__(self, stage: Stage, code: str, text: str) -> None:
        super().__init__(text)
        self.stage, self.code = stage, code


class BadResponse(Exception):
    """What came was no opening handshake, or the connection ended meanwhile."""


_STALLS = {
    Stage.TCP: "Nothing answers at this address: it is switched off, or a firewall drops packets.",
    Stage.TLS: "The TLS handshake was not answered in time: does this port speak TLS?",
    Stage.UPGRADE: "The port is open and the handshake was not answered in time: the server is "
    "overloaded or hangs, or a proxy waits for it.",
    Stage.REPLY: "The connection is open and no reply came in time.",
    Stage.CLOSE: "The close was not answered in time.",
}
_ENDS = {
    Stage.TCP: ("unreachable", "The network of this address cannot be reached."),
    Stage.TLS: ("tls-ended", "The connection ended in the TLS handshake: does this port speak it?"),
    Stage.UPGRADE: (
        "ended", "The connection ended without an answer to the handshake: the server crashed, or "
        "a proxy in front gave it up.",
    ),
    Stage.REPLY: ("ended", "The connection was ended instead of a reply."),
    Stage.CLOSE: ("ended", "The connection ended without a close frame."),
}  # fmt: skip
_CAUSES: dict[type[Exception], tuple[str, str]] = {
    socket.gaierror: ("no-such-host", "This name has no address: is it spelt right?"),
    ConnectionRefusedError: (
        "refused", "Nothing listens on this port: the server is down, or on another.",
    ),
    ssl.SSLError: ("no-tls", "What answers on this port does not speak TLS."),
}  # fmt: skip
_STATUSES: dict[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: ("sign-in", "the handshake needs a sign-in (401)."),
    HTTPStatus.FORBIDDEN: ("forbidden", "the handshake was refused (403): origin or access rule."),
    404: ("no-such-path", "nothing is at this path (404)."),
    HTTPStatus.TOO_MANY_REQUESTS: ("too-many", "a limit was reached (429)."),
    HTTPStatus.BAD_GATEWAY: ("proxy", "a proxy answers and cannot reach the server (502)."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("unavailable", "the server takes no connections (503)."),
    HTTPStatus.GATEWAY_TIMEOUT: ("proxy", "a proxy answers and the server behind hangs (504)."),
}
_STRIPPED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UPGRADE_REQUIRED)


def of_status(status: int) -> NotConnected:
    """An answer that is no 101."""
    if status == HTTPStatus.OK:
        text = (
            "Answered 200 instead of switching protocols: a proxy that does not pass Upgrade on, "
            "or a page, answers under this address."
        )
        return NotConnected(Stage.UPGRADE, "answered-200", text)
    if status in _STRIPPED:
        text = (
            f"The server saw no Upgrade header ({status}): a proxy in front strips it. Let it pass "
            "Upgrade and Connection on, over HTTP/1.1."
        )
        return NotConnected(Stage.UPGRADE, "upgrade-stripped", text)
    if 300 <= status < 400:
        text = f"Redirected ({status}): WebSockets do not follow. Name the final address."
        return NotConnected(Stage.UPGRADE, "redirected", text)
    code, text = _STATUSES.get(
        status,
        ("refused", f"answered {status} instead of switching protocols."),
    )
    return NotConnected(Stage.UPGRADE, code, text[0].upper() + text[1:])


def of_error(stage: Stage, error: Exception) -> NotConnected:
    """What a socket, TLS or the protocol raised in `stage`."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotConnected(stage, "certificate", f"The certificate: {error.verify_message}.")
    if isinstance(error, TimeoutError):
        return NotConnected(stage, "timeout", _STALLS.get(stage, "It took too long."))
    if isinstance(error, BadResponse) and str(error):
        return NotConnected(stage, "bad-answer", str(error))
    for kind, (code, text) in _CAUSES.items():
        if isinstance(error, kind):
            return NotConnected(stage, code, text)
    return NotConnected(stage, *_ENDS.get(stage, ("unreachable", "It cannot be reached.")))
