"""A real mail server and a real webhook server, with replies scripted by the test."""

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


class Mailbox:
    """Accepts mail. `after_mail`, `after_rcpt` and `after_data` are replies to send before it
    accepts any. `kills` is the id of a process to kill before the reply to the first accepted
    mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.after_mail: list[str] = []
        self.after_rcpt: list[str] = []
        self.after_data: list[str] = []
        self.kills: int | None = None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, sender: str, _options: list[str]
    ) -> str:
        if self.after_mail:
            return self.after_mail.pop(0)
        envelope.mail_from = sender
        return "250 go on"

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
    """A private certificate authority and its certificate for `localhost`."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.file = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.file))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST).configure_cert(self.context)


@contextmanager
def mail_server(
    mailbox: Mailbox, port: int = 0, certificate: Certificate | None = None, **options: Any
) -> Iterator[int]:
    """Run a mail server, which requires STARTTLS with a certificate and a password with an
    `authenticator`; yields its port."""
    options["auth_required"] = "authenticator" in options
    if certificate is not None:
        options |= {"tls_context": certificate.context, "require_starttls": True}
    controller = Controller(
        mailbox, hostname=HOST, port=port or free_port(), server_hostname=HOST, **options
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def authenticator(
    _server: SMTP, _s: Session, _e: Envelope, _way: str, credentials: Any
) -> AuthResult:
    """Accept the right password."""
    is_right = isinstance(credentials, LoginPassword) and credentials.password == PASSWORD
    return AuthResult(success=is_right, handled=is_right)


@contextmanager
def tarpit(greeting: bytes = b"") -> Iterator[int]:
    """Run a server that accepts connections and sends only a greeting; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connections: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                connection.sendall(greeting)
                connections.append(connection)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in connections:
        connection.close()


class WebhookReceiver:
    """Records webhooks. `replies` are (status, headers, body) to send before the default 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.replies: list[tuple[int, dict[str, str], bytes]] = []


@contextmanager
def webhook_server(
    receiver: WebhookReceiver, certificate: Certificate | None = None
) -> Iterator[str]:
    """Run a web server that records its requests in `receiver`; yields its URL."""

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
            """Log nothing."""

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
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
