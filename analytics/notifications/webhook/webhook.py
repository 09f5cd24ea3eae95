"""POSTs to a URL that a user entered: never to a private network, and without redirects.

The IP address connected to is the one that was checked, so DNS rebinding has no effect.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from analytics.notifications.deadline import Deadline, NotDelivered

CONNECT_SECONDS = 5
READ_SECONDS = 10
DEADLINE_SECONDS = 30  # less than the claim of a message lasts
MAX_BODY_BYTES = 1000  # of the response body
MAX_EXCERPT_LENGTH = 200
MAX_URL_LENGTH = 500
JSON = "application/json"
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


def url_fault(url: str) -> str | None:
    """What is wrong with the URL of a webhook; `None` when it is valid."""
    accepted = "Give an http or https address without user name, such as https://example.com/hook."
    if len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        return accepted
    try:
        parts = urlsplit(url)
        has_valid_port = parts.port is None or parts.port > 0
    except ValueError:
        return accepted
    has_user = "@" in parts.netloc
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or has_user
        or not has_valid_port
    ):
        return accepted
    return None


def is_public(address: str) -> bool:
    """Whether an IP address is public, in any notation or IPv6 embedding."""
    ip = ip_address(address.partition("%")[0])
    embedded = _embedded_ipv4(ip) if isinstance(ip, IPv6Address) else None
    if embedded is not None and not is_public(str(embedded)):
        return False
    return (ip.is_global and not ip.is_multicast) or embedded is not None


class Webhook:
    """Posts JSON, or what a header `Content-Type` says. `allow_private` permits private, loopback
    and link-local addresses."""

    def __init__(self, *, allow_private: bool, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._allow_private = allow_private
        self._deadline_seconds = deadline_seconds

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        """POST; returns the status line of a 2xx response. Raises `NotDelivered` for all others."""
        reason = url_fault(url)
        if reason is not None:
            raise NotDelivered(reason)
        try:
            return self._exchange(url, body, headers)
        except ssl.SSLCertVerificationError as fault:
            reason = f"The server's certificate is not trusted: {fault.verify_message}."
            raise NotDelivered(reason) from fault
        except TimeoutError as fault:
            raise NotDelivered(f"No answer within {READ_SECONDS} s.") from fault
        except (OSError, http.client.HTTPException, UnicodeError) as fault:
            raise NotDelivered(f"{type(fault).__name__}: {fault}") from fault

    def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        deadline = Deadline(self._deadline_seconds)
        parts = urlsplit(url)
        connection = self._new_connection(parts.scheme, parts.hostname or "", parts.port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with deadline.enforce(lambda: connection.open_socket):
            try:
                connection.connect()
                deadline.check()
                connection.request("POST", target, body, {"Content-Type": JSON, **headers})
                with connection.getresponse() as response:
                    return _status_line(response.status, response.reason, body_start(response))
            finally:
                connection.close()

    def _new_connection(self, scheme: str, host: str, port: int | None) -> "_CheckedConnection":
        timeout = min(READ_SECONDS, self._deadline_seconds)
        if scheme == "https":
            return _CheckedTlsConnection(host, port, timeout, allow_private=self._allow_private)
        return _CheckedConnection(host, port, timeout, allow_private=self._allow_private)


class TolerantResponse(http.client.HTTPResponse):
    """Accepts a response whose headers or body break off after the status: an accepted message must
    not be sent again."""

    def begin(self) -> None:
        """Read status and headers. Raises like the base class when there is no status."""
        try:
            super().begin()
        except (OSError, http.client.HTTPException):
            if not isinstance(self.status, int):
                raise
            self.headers = self.msg = http.client.HTTPMessage()
            self.chunked, self.length, self.will_close = False, 0, True


def body_start(response: http.client.HTTPResponse) -> bytes:
    """The start of the body; empty when reading fails."""
    with suppress(OSError, http.client.HTTPException):
        return response.read(MAX_BODY_BYTES)
    return b""


class _CheckedConnection(http.client.HTTPConnection):
    """Connects to checked addresses only, without a proxy. `open_socket` stays set when
    `getresponse` clears `sock`."""

    response_class = TolerantResponse

    def __init__(self, host: str, port: int | None, timeout: float, *, allow_private: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self.open_socket: socket.socket | None = None
        self._wait = timeout
        self._allow_private = allow_private

    def connect(self) -> None:
        """Open the socket. Raises `NotDelivered` when no address is permitted."""
        self.sock = self.open_socket = open_checked_socket(
            self.host, self.port, self._wait, allow_private=self._allow_private
        )


class _CheckedTlsConnection(_CheckedConnection):
    """The same over TLS; the certificate is verified against the host name of the URL."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Open the socket and do the TLS handshake."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = self.opened = context.wrap_socket(self.sock, server_hostname=self.host)


def open_checked_socket(
    host: str, port: int, timeout: float, *, allow_private: bool
) -> socket.socket:
    """A socket to the first permitted address of `host` that accepts a connection.

    Raises `NotDelivered` when none is permitted, `OSError` when none accepts.
    """
    last_fault: Exception = NotDelivered(f"{host} has no address.")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        if not allow_private and not is_public(str(address[0])):
            last_fault = NotDelivered(
                f"{host} leads to {address[0]}, which is not in the open Internet. "
                "WEBHOOK_ALLOW_PRIVATE=true allows that."
            )
            continue
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(min(CONNECT_SECONDS, timeout))
        try:
            connection.connect(address)
        except OSError as fault:
            connection.close()
            last_fault = fault
            continue
        connection.settimeout(timeout)
        return connection
    raise last_fault


def _embedded_ipv4(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address embedded in an IPv6 one: mapped, 6to4, Teredo or NAT64."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _status_line(status: int, reason: str, body: bytes) -> str:
    line = f"{status} {reason}".strip()
    if 200 <= status < 300:
        return line
    if 300 <= status < 400:
        raise NotDelivered(f"{line}: redirects are not followed. Give the final address.")
    excerpt = " ".join(body.decode(errors="replace").split())[:MAX_EXCERPT_LENGTH]
    quote = excerpt if status != HTTPStatus.UNAUTHORIZED else ""
    is_final = status == HTTPStatus.GONE
    raise NotDelivered(f"{line}: {quote}" if quote else line, is_final=is_final)
