"""POST to an address somebody typed in: never to our own network, never where it is sent on to.

The address that is connected to is the one that was checked, so a name that changes its meaning
in between (DNS rebinding) gains nothing.
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
WHOLE_SECONDS = 30  # less than a message stays claimed
MOST_READ = 1000  # bytes of the answer's body
LONGEST_QUOTE = 200
LONGEST_URL = 500
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


def fault_of(url: str) -> str | None:
    """What is wrong with the address of a webhook; `None` when it can be used."""
    accepted = "Give an http or https address without user name, such as https://example.com/hook."
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return accepted
    try:
        parts = urlsplit(url)
        is_sane = parts.port is None or parts.port > 0
    except ValueError:
        return accepted
    has_user = "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or has_user or not is_sane:
        return accepted
    return None


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open Internet, whatever form it is written in."""
    ip = ip_address(address.partition("%")[0])
    inner = _within(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None and not is_public(str(inner)):
        return False
    return (ip.is_global and not ip.is_multicast) or inner is not None


class Webhook:
    """Posts JSON. `allow_private` lifts the ban on our own network."""

    def __init__(self, *, allow_private: bool, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._allow_private = allow_private
        self._whole_seconds = whole_seconds

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        """The status line of a 2xx answer. Raises `NotDelivered` for all others."""
        reason = fault_of(url)
        if reason is not None:
            raise NotDelivered(reason)
        try:
            return self._talk(url, body, headers)
        except ssl.SSLCertVerificationError as fault:
            reason = f"The server's certificate is not trusted: {fault.verify_message}."
            raise NotDelivered(reason) from fault
        except TimeoutError as fault:
            raise NotDelivered(f"No answer within {READ_SECONDS} s.") from fault
        except (OSError, http.client.HTTPException, UnicodeError) as fault:
            raise NotDelivered(f"{type(fault).__name__}: {fault}") from fault

    def _talk(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        deadline = Deadline(self._whole_seconds)
        parts = urlsplit(url)
        line = self._line(parts.scheme, parts.hostname or "", parts.port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with deadline.over(lambda: line.opened):
            try:
                line.connect()
                deadline.check()
                line.request("POST", target, body, {**headers, "Content-Type": "application/json"})
                with line.getresponse() as answer:
                    return _judged(answer.status, answer.reason, words_of(answer))
            finally:
                line.close()

    def _line(self, scheme: str, host: str, port: int | None) -> "_Guarded":
        wait = min(READ_SECONDS, self._whole_seconds)
        if scheme == "https":
            return _GuardedTls(host, port, wait, allow_private=self._allow_private)
        return _Guarded(host, port, wait, allow_private=self._allow_private)


class Answer(http.client.HTTPResponse):
    """Its status counts once it is there, whatever becomes of what follows: what was taken is not
    sent again."""

    def begin(self) -> None:
        """Read the status and the headers. Raises as its parent while there is no status."""
        try:
            super().begin()
        except (OSError, http.client.HTTPException):
            if not isinstance(self.status, int):
                raise
            self.headers = self.msg = http.client.HTTPMessage()
            self.chunked, self.length, self.will_close = False, 0, True


def words_of(answer: http.client.HTTPResponse) -> bytes:
    """The beginning of the body, as far as it comes."""
    with suppress(OSError, http.client.HTTPException):
        return answer.read(MOST_READ)
    return b""


class _Guarded(http.client.HTTPConnection):
    """Connects to checked addresses only, and uses no proxy. `opened` stays when `sock` is let go
    for the answer's body."""

    response_class = Answer

    def __init__(self, host: str, port: int | None, wait: float, *, allow_private: bool) -> None:
        super().__init__(host, port, timeout=wait)
        self.opened: socket.socket | None = None
        self._wait = wait
        self._allow_private = allow_private

    def connect(self) -> None:
        """Open the socket. Raises `NotDelivered` when no address may be connected to."""
        self.sock = self.opened = connected(
            self.host, self.port, self._wait, allow_private=self._allow_private
        )


class _GuardedTls(_Guarded):
    """The same over TLS, the certificate checked against the name that was typed in."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Open the socket and agree on TLS."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = self.opened = context.wrap_socket(self.sock, server_hostname=self.host)


def connected(host: str, port: int, wait: float, *, allow_private: bool) -> socket.socket:
    """A socket to the first address of `host` that may be used and answers.

    Raises `NotDelivered` when none may, `OSError` when none answers.
    """
    trouble: Exception = NotDelivered(f"{host} has no address.")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        if not allow_private and not is_public(str(address[0])):
            trouble = NotDelivered(
                f"{host} leads to {address[0]}, which is not in the open Internet. "
                "WEBHOOK_ALLOW_PRIVATE=true allows that."
            )
            continue
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(min(CONNECT_SECONDS, wait))
        try:
            opened.connect(address)
        except OSError as fault:
            opened.close()
            trouble = fault
            continue
        opened.settimeout(wait)
        return opened
    raise trouble


def _within(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo or NAT64."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _judged(status: int, reason: str, body: bytes) -> str:
    line = f"{status} {reason}".strip()
    if 200 <= status < 300:
        return line
    if 300 <= status < 400:
        raise NotDelivered(f"{line}: redirects are not followed. Give the final address.")
    said = " ".join(body.decode(errors="replace").split())[:LONGEST_QUOTE]
    kept = said if status != HTTPStatus.UNAUTHORIZED else ""
    raise NotDelivered(f"{line}: {kept}" if kept else line)
