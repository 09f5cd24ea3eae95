import errno
import socket
import ssl

import pytest
from picows import WSHandshakeError

from analytics.load_tests.verdict import OUT_OF_FILES, OUT_OF_PORTS, TIMED_OUT
from scripts.load.clients.causes import cause_of


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "refused: nothing listens there"),
        (ConnectionResetError(), "closed during the handshake"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "reset during the handshake"),
        (OSError(errno.EMFILE, "too many"), OUT_OF_FILES),
        (OSError(errno.EADDRNOTAVAIL, "none left"), OUT_OF_PORTS),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (TimeoutError(), TIMED_OUT),
        (socket.gaierror(-2, "unknown"), "the name cannot be resolved"),
        (ssl.SSLError("bad record"), "the TLS handshake failed"),
        (WSHandshakeError("no", b"", b"", None), "the answer is no WebSocket handshake"),
        (KeyError("x"), "KeyError"),
    ],
)
def test_every_failure_has_a_cause_in_plain_text(error: Exception, cause: str) -> None:
    assert cause_of(error) == cause


def test_a_certificate_says_what_is_wrong_with_it() -> None:
    fault = ssl.SSLCertVerificationError(1, "failed")
    fault.verify_message = "self-signed certificate"
    assert cause_of(fault) == "the certificate is not accepted: self-signed certificate"
