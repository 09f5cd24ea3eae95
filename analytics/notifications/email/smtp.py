"""Sends email by SMTP: builds the MIME message with a fixed Message-ID, returns the reply."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import cast

from analytics.notifications.deadline import Deadline, NotDelivered
from analytics.notifications.email.message import Email
from settings import Settings

READ_SECONDS = 10
DEADLINE_SECONDS = 40  # less than the claim of a message lasts
MAX_REPLY_LENGTH = 300
FINAL_REPLIES = (550, 551, 553)  # to RCPT (RFC 5321, 4.2.3)
# RFC 3463, 3.2 and 3.3: of the recipient. Servers say 550 of the sender (5.1.8) and of our right to
# send (5.7.1) too, and those an operator mends.
OF_RECIPIENT = re.compile(r"5\d\d (?:5\.1\.(?:1|2|3|6|10)|5\.2\.1)(?![.\d])")
# The part before the @ without quotes, and no ?, so that nothing reads as an encoded word.
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?"
)


def mime_message(
    email: Email, *, sender: str, to: str, message_id: str, at: datetime
) -> EmailMessage:
    """The MIME message. Raises `NotDelivered` when an address is not valid in a header."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = email.subject
    message["From"] = _address(sender, "EMAIL_FROM")
    message["To"] = _address(to, "The recipient")
    message["Date"] = at
    message["Message-ID"] = f"<{message_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(email.text, cte="quoted-printable")
    message.add_alternative(email.html, subtype="html", cte="quoted-printable")
    page = cast(list[EmailMessage], message.get_payload())[1]
    for name, png in email.pictures.items():
        page.add_related(
            png, "image", "png", cid=f"<{name}>", disposition="inline", filename="chart.png"
        )
    return message


class MailServer:
    """The configured mail server; opens a connection per message."""

    def __init__(self, settings: Settings, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._settings = settings
        self._deadline_seconds = deadline_seconds

    @property
    def sender(self) -> str:
        """The From address. Raises `NotDelivered` when none is set."""
        settings = self._settings
        if settings.email_from:
            return settings.email_from
        if settings.smtp_user and ADDRESS.fullmatch(settings.smtp_user):
            return settings.smtp_user
        raise NotDelivered("No sender is set: set EMAIL_FROM.")

    def send(self, message: EmailMessage) -> str:
        """Send a message; returns the reply of the server. Raises `NotDelivered`."""
        return self._exchange(lambda connection: _transmit(connection, message))

    def check(self) -> str:
        """Connect and sign in as for a message, and send none; returns the reply of the server.
        Raises `NotDelivered`."""
        _address(self.sender, "EMAIL_FROM")
        return self._exchange(_do_nothing)

    def _exchange(self, step: Callable[[smtplib.SMTP], str]) -> str:
        if self._settings.smtp_host is None:
            raise NotDelivered("No mail server is set: set SMTP_HOST.")
        try:
            return self._deliver(step)
        except smtplib.SMTPResponseException as fault:
            raise NotDelivered(_reply_text(fault.smtp_code, fault.smtp_error)) from fault
        except ssl.SSLCertVerificationError as fault:
            reason = f"The server's certificate is not trusted: {fault.verify_message}."
            raise NotDelivered(reason) from fault
        except (OSError, smtplib.SMTPException, UnicodeError) as fault:
            raise NotDelivered(self._failure_text(fault)) from fault

    def _deliver(self, step: Callable[[smtplib.SMTP], str]) -> str:
        deadline = Deadline(self._deadline_seconds)
        connection = self._new_connection()
        with deadline.enforce(lambda: connection.sock):
            try:
                self._connect(connection)
                deadline.check()
                return step(connection)
            finally:
                with suppress(smtplib.SMTPException, OSError):
                    connection.close()

    def _new_connection(self) -> smtplib.SMTP:
        timeout = min(READ_SECONDS, self._deadline_seconds)
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                local_hostname=_helo_name(), timeout=timeout, context=self._tls_context()
            )
        return smtplib.SMTP(local_hostname=_helo_name(), timeout=timeout)

    def _connect(self, connection: smtplib.SMTP) -> None:
        settings = self._settings
        host = settings.smtp_host or ""
        connection._host = host  # type: ignore[attr-defined]  # the name STARTTLS verifies; connect() does not set it
        code, greeting = connection.connect(host, settings.smtp_port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, greeting)
        connection.ehlo_or_helo_if_needed()
        if settings.smtp_security == "starttls":
            if not connection.has_extn("starttls"):
                raise NotDelivered(
                    "The server offers no STARTTLS. Use another port or SMTP_SECURITY=tls; "
                    "none only within a network you trust."
                )
            connection.starttls(context=self._tls_context())
        if settings.smtp_user:
            connection.login(settings.smtp_user, settings.smtp_password or "")

    def _tls_context(self) -> ssl.SSLContext:
        file = self._settings.smtp_ca_file
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as fault:  # `ssl.SSLError` is one
            raise NotDelivered(f"SMTP_CA_FILE {file} cannot be used: {fault.strerror}.") from fault

    def _failure_text(self, fault: Exception) -> str:
        where = f"{self._settings.smtp_host}:{self._settings.smtp_port}"
        if isinstance(fault, TimeoutError):
            return f"{where} did not answer within {READ_SECONDS} s."
        return f"{where}: {fault or type(fault).__name__}"


def _transmit(connection: smtplib.SMTP, message: EmailMessage) -> str:
    """Send envelope and content; returns the reply to the content."""
    sender = parseaddr(str(message["From"]))[1]
    to = parseaddr(str(message["To"]))[1]
    code, reply = connection.mail(sender)
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)
    code, reply = connection.rcpt(to)
    if code not in (250, 251):
        text = _reply_text(code, reply)
        is_final = code in FINAL_REPLIES and OF_RECIPIENT.match(text) is not None
        raise NotDelivered(text, is_final=is_final)
    code, reply = connection.data(message.as_bytes())
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)
    with suppress(smtplib.SMTPException, OSError):  # the message is already accepted
        connection.quit()
    return _reply_text(code, reply)


def _do_nothing(connection: smtplib.SMTP) -> str:
    code, reply = connection.noop()
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    return _reply_text(code, reply)


def _reply_text(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:MAX_REPLY_LENGTH]


def _address(text: str, owner: str) -> Address:
    name, address = parseaddr(text)
    if not ADDRESS.fullmatch(address) or not name.isprintable() or "=?" in name:
        raise NotDelivered(f"{owner} has no address that can be used.")
    return Address(name, addr_spec=address)


def _helo_name() -> str:
    """The name for EHLO: the full host name or an address literal; never a DNS query."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
