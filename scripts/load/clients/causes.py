"""Why a connection could not be opened, in words that an operator can act on."""

import errno
import socket
import ssl

from picows import WSHandshakeError, WSInvalidStatusError

from analytics.load_tests.verdict import OUT_OF_FILES, OUT_OF_PORTS, TIMED_OUT

_STATUSES = {
    200: "answered 200: a proxy or page that knows no WebSocket",
    401: "refused with 401: it asks for a login or token",
    403: "refused with 403: this origin or address is not allowed",
    404: "refused with 404: no such path",
    426: "answered 426: the upgrade header did not arrive (a proxy?)",
    429: "refused with 429: too many connections or requests",
    502: "answered 502: the proxy cannot reach the server",
    503: "refused with 503: the server is stopping or full",
    504: "answered 504: the proxy waited in vain for the server",
}
_ERRNOS = {
    errno.ECONNREFUSED: "refused: nothing listens there",
    errno.ECONNRESET: "reset during the handshake",
    errno.EMFILE: OUT_OF_FILES,
    errno.ENFILE: OUT_OF_FILES,
    errno.EADDRNOTAVAIL: OUT_OF_PORTS,
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the network",
    errno.EPIPE: "closed during the handshake",
}
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, TIMED_OUT),
    (socket.gaierror, "the name cannot be resolved"),
    (ssl.SSLError, "the TLS handshake failed"),
    (WSHandshakeError, "the answer is no WebSocket handshake"),
)


def cause_of(error: BaseException) -> str:
    """The cause of a failed attempt."""
    if isinstance(error, WSInvalidStatusError) and error.response is not None:
        return of_status(int(error.response.status))
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not accepted: {error.verify_message}"
    for kind, cause in _KINDS:
        if isinstance(error, kind):
            return cause
    return _of_system(error) if isinstance(error, OSError) else type(error).__name__


def of_status(status: int) -> str:
    """The cause of a handshake that was answered with an HTTP status."""
    return _STATUSES.get(status, f"answered {status} instead of an upgrade")


def _of_system(error: OSError) -> str:
    if isinstance(error, ConnectionError) and error.errno is None:
        return "closed during the handshake"
    code = error.errno or 0
    return _ERRNOS.get(code, error.strerror or type(error).__name__)
