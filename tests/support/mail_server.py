"""A real mail server and a real receiver of webhooks, which do what a test tells them to."""

import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "localhost"
PASSWORD = b"open sesame"


class Postbox:
    """Takes mail. `after_rcpt` and `after_data` are replies to give before it takes any;
    `kills` is a process to kill in place of the answer to the first mail taken."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.after_rcpt: list[str] = []
        self.after_data: list[str] = []
        self.kills: int | None = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        if self.after_rcpt:
            return self.after_rcpt.pop(0)
        envelope.rcpt_tos.append(to)
        return "250 known here"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.after_data:
            return self.after_data.pop(0)
        content = cast(bytes, envelope.content)
        self.mails.append(message_from_bytes(content, policy=default))
        self.envelopes.append(envelope)
        if self.kills is not None:
            os.kill(self.kills, signal.SIGKILL)
            self.kills = None
        return "250 2.0.0 queued as 4711"


class Certificate:
    """A self-made authority and its certificate for `localhost`."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.file = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.file))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST).configure_cert(self.context)


@contextmanager
def mail_server(
    postbox: Postbox, port: int = 0, certificate: Certificate | None = None, **options: Any
) -> Iterator[int]:
    """A mail server that asks for STARTTLS when it has a certificate, and for a password when it
    has an `authenticator`; its port."""
    options["auth_required"] = "authenticator" in options
    if certificate is not None:
        options |= {"tls_context": certificate.context, "require_starttls": True}
    controller = Controller(
        postbox, hostname=HOST, port=port or free_port(), server_hostname=HOST, **options
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def authenticator(_server: SMTP, _s: Session, _e: Envelope, _way: str, given: Any) -> AuthResult:
    """Lets the one with the password in."""
    is_right = isinstance(given, LoginPassword) and given.password == PASSWORD
    return AuthResult(success=is_right, handled=is_right)


@contextmanager
def tarpit(greeting: bytes = b"") -> Iterator[int]:
    """A server that takes connections and says nothing more than its greeting; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    opened = listening.accept()[0]
                except OSError:
                    return
                opened.sendall(greeting)
                kept.append(opened)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    for opened in kept:
        opened.close()


class Receiver:
    """Takes webhooks. `replies` are (status, headers, body) to give before the usual 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.replies: list[tuple[int, dict[str, str], bytes]] = []


@contextmanager
def receiving(receiver: Receiver, certificate: Certificate | None = None) -> Iterator[str]:
    """A web server that hands its requests to `receiver`; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.paths.append(self.path)
            receiver.headers.append(dict(self.headers.items()))
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            usual: tuple[int, dict[str, str], bytes] = (200, {}, b"ok")
            status, headers, body = receiver.replies.pop(0) if receiver.replies else usual
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        server.socket = certificate.context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port
