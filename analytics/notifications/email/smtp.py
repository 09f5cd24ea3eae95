"""Letters by SMTP: written once, with a fixed Message-ID, and the server's own answer told."""

import re
import smtplib
import socket
import ssl
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
WHOLE_SECONDS = 40  # less than a message stays claimed
LONGEST_LINE = 300
# The part before the @ without quotes, and no ?, so that nothing reads as an encoded word.
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?"
)


def written(letter: Email, *, sender: str, to: str, message_id: str, at: datetime) -> EmailMessage:
    """The letter as a message. Raises `NotDelivered` when an address cannot stand in a header."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = _address(sender, "EMAIL_FROM")
    message["To"] = _address(to, "The recipient")
    message["Date"] = at
    message["Message-ID"] = f"<{message_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    page = cast(list[EmailMessage], message.get_payload())[1]
    for name, png in letter.pictures.items():
        page.add_related(
            png, "image", "png", cid=f"<{name}>", disposition="inline", filename="chart.png"
        )
    return message


class MailServer:
    """The configured server; a connection per message."""

    def __init__(self, settings: Settings, *, whole_seconds: float = WHOLE_SECONDS) -> None:
        self._settings = settings
        self._whole_seconds = whole_seconds

    @property
    def sender(self) -> str:
        """Who our mails come from. Raises `NotDelivered` when that is not set."""
        settings = self._settings
        if settings.email_from:
            return settings.email_from
        if settings.smtp_user and ADDRESS.fullmatch(settings.smtp_user):
            return settings.smtp_user
        raise NotDelivered("No sender is set: set EMAIL_FROM.")

    def send(self, message: EmailMessage) -> str:
        """What the server said when it took the message. Raises `NotDelivered`."""
        if self._settings.smtp_host is None:
            raise NotDelivered("No mail server is set: set SMTP_HOST.")
        try:
            return self._talk(message)
        except smtplib.SMTPResponseException as fault:
            raise NotDelivered(_answer(fault.smtp_code, fault.smtp_error)) from fault
        except ssl.SSLCertVerificationError as fault:
            reason = f"The server's certificate is not trusted: {fault.verify_message}."
            raise NotDelivered(reason) from fault
        except (OSError, smtplib.SMTPException, UnicodeError) as fault:
            raise NotDelivered(self._trouble(fault)) from fault

    def _talk(self, message: EmailMessage) -> str:
        deadline = Deadline(self._whole_seconds)
        line = self._line()
        with deadline.over(lambda: line.sock):
            try:
                self._open(line)
                deadline.check()
                return _handed_over(line, message)
            finally:
                with suppress(smtplib.SMTPException, OSError):
                    line.close()

    def _line(self) -> smtplib.SMTP:
        wait = min(READ_SECONDS, self._whole_seconds)
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(
                local_hostname=_own_name(), timeout=wait, context=self._context()
            )
        return smtplib.SMTP(local_hostname=_own_name(), timeout=wait)

    def _open(self, line: smtplib.SMTP) -> None:
        settings = self._settings
        host = settings.smtp_host or ""
        line._host = host  # type: ignore[attr-defined]  # whom STARTTLS expects; connect() forgets
        code, greeting = line.connect(host, settings.smtp_port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, greeting)
        line.ehlo_or_helo_if_needed()
        if settings.smtp_security == "starttls":
            if not line.has_extn("starttls"):
                raise NotDelivered(
                    "The server offers no STARTTLS. Use another port or SMTP_SECURITY=tls; "
                    "none only within a network you trust."
                )
            line.starttls(context=self._context())
        if settings.smtp_user:
            line.login(settings.smtp_user, settings.smtp_password or "")

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.smtp_ca_file)

    def _trouble(self, fault: Exception) -> str:
        where = f"{self._settings.smtp_host}:{self._settings.smtp_port}"
        if isinstance(fault, TimeoutError):
            return f"{where} did not answer within {READ_SECONDS} s."
        return f"{where}: {fault or type(fault).__name__}"


def _handed_over(line: smtplib.SMTP, message: EmailMessage) -> str:
    """Envelope and content, step by step: what the server says at the end is the answer."""
    sender = parseaddr(str(message["From"]))[1]
    to = parseaddr(str(message["To"]))[1]
    for code, reply in (line.mail(sender), line.rcpt(to)):
        if code not in (250, 251):
            raise smtplib.SMTPResponseException(code, reply)
    code, reply = line.data(message.as_bytes())
    if code != 250:
        raise smtplib.SMTPResponseException(code, reply)
    with suppress(smtplib.SMTPException, OSError):  # it has taken the message already
        line.quit()
    return _answer(code, reply)


def _answer(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:LONGEST_LINE]


def _address(text: str, whose: str) -> Address:
    name, address = parseaddr(text)
    if not ADDRESS.fullmatch(address) or not name.isprintable() or "=?" in name:
        raise NotDelivered(f"{whose} has no address that can be used.")
    return Address(name, addr_spec=address)


def _own_name() -> str:
    """How we greet: our full name, or an address literal; never a question to the name server."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
