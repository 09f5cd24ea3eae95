"""Enqueues the digest of the past week, once per recipient even across restarts."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from analytics.notifications.digest.digest import Digest, digest_of, region_of, week_due, week_name
from analytics.notifications.notice import Notice
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from models.alerts import deliveries, outbox, recipients
from models.alerts.recipients import Recipient
from models.database.engine import Connection
from models.metrics.dimensions import UNKNOWN

from .job import JobContext

MAX_COUNTRIES = 25  # with the most reports; candidates for the slowest regions
MAX_MESSAGES = 5000


def step(context: JobContext) -> str:
    """Make the digest if somebody still lacks it."""
    week, now = week_due(context.now()), context.now()
    with context.database.transaction() as connection:
        pending = recipients_without_digest(connection, week)
        notices = list(_sent_notices(connection, week)) if pending else []
    if not pending:
        return "everyone has this week's"
    digest = _compose(Reports(context.database), week, notices)
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
        enqueued = sum(_enqueue(connection, digest, recipient, now) for recipient in pending)
    return f"{digest.week} queued, recipients: {enqueued}"


def recipients_without_digest(connection: Connection, week: TimeRange) -> list[Recipient]:
    """Recipients that want digests, were added before the week ended, and have none of it yet."""
    served = deliveries.digest_recipients(connection, week_name(week))
    return [
        recipient
        for recipient in recipients.active(connection)
        if recipient.wants_digest and recipient.created_at < week.end and recipient.id not in served
    ]


def _enqueue(connection: Connection, digest: Digest, recipient: Recipient, now: datetime) -> bool:
    return outbox.enqueue_digest(connection, digest, recipient, digest.week, now)


def _compose(reports: Reports, week: TimeRange, notices: list[Notice]) -> Digest:
    now, before = reports.summary(week), reports.summary(week.previous())
    countries = [c for c in reports.choices("country", week) if c != UNKNOWN][:MAX_COUNTRIES]
    regions = [
        region_of(country, reports.summary(week, Filters(country=country))) for country in countries
    ]
    return digest_of(week, now, before, regions, notices)


def _sent_notices(connection: Connection, week: TimeRange) -> Iterator[Notice]:
    for text in deliveries.notices_between(connection, week.start, week.end, MAX_MESSAGES):
        yield from msgspec.json.decode(text, type=list[Notice])
