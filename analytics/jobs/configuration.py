"""Tries what is configured, at the start and then every 10 minutes: archive folder, mail
server, and whether what sends metrics to an OTLP receiver is installed.

Nothing waits for it. A fault is the failed run of this job, which health and *Storage & jobs* tell
before a day must be archived or an alert must be sent.
"""

from collections.abc import Callable

from analytics.archive.fault import NotArchived
from analytics.notifications.deadline import NotDelivered
from analytics.notifications.email.smtp import MailServer
from analytics.otlp.sdk_loading import SdkMissing, sdk
from settings import Settings

from .job import JobContext

TRIAL_SECONDS = 15.0  # of the mail server; the other jobs go on meanwhile


class Misconfigured(Exception):
    """Something that is configured does not work. The text says what and why."""


def step(context: JobContext) -> str:
    """Try each. Raises `Misconfigured` after all were tried."""
    trials = (
        ("archive", context.archive.check),
        ("mail", lambda: _check_mail(context.settings)),
        ("OTLP", lambda: _check_otlp(context.settings)),
    )
    faults = [fault for fault in (_fault(name, trial) for name, trial in trials) if fault]
    if faults:
        raise Misconfigured("; ".join(faults))
    return "archive folder and mail server can be used"


def _fault(name: str, trial: Callable[[], object]) -> str | None:
    try:
        trial()
    except (NotArchived, NotDelivered, SdkMissing) as fault:
        return f"{name}: {fault}"
    return None


def _check_mail(settings: Settings) -> None:
    if settings.smtp_host is not None:
        MailServer(settings, deadline_seconds=TRIAL_SECONDS).check()


def _check_otlp(settings: Settings) -> None:
    if settings.otel_exporter_otlp_endpoint is not None:
        sdk()
