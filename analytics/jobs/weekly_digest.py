"""Puts the digest of the past week into the outbox, once per recipient whatever restarts."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from analytics.notifications.digest.digest import Digest, digest_of, region_of, week_due, week_name
from analytics.notifications.notice import Notice
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from models.alerts import deliveries, outbox, recipients
from models.alerts.recipients import Recipient
from models.metrics.client_catalogue import UNKNOWN

from .job import JobContext

MOST_COUNTRIES = 25  # looked at for the worst ones, by number of reports
MOST_MESSAGES = 5000


def step(around: JobContext) -> str:
    """Make the digest if somebody still lacks it."""
    week, now = week_due(around.now()), around.now()
    with around.database.transaction() as connection:
        lacking = without(connection, week)
        told = list(_told(connection, week)) if lacking else []
    if not lacking:
        return "nobody lacks it"
    digest = _made(Reports(around.database), week, told)
    with around.database.transaction() as connection:
        around.lease.confirm(connection)
        put = sum(_put(connection, digest, recipient, now) for recipient in lacking)
    return f"{digest.week} for {put}"


def without(connection: Connection, week: TimeRange) -> list[Recipient]:
    """Who wants the digest of the week, was there in it, and has none in the outbox."""
    have = deliveries.digested(connection, week_name(week))
    return [
        recipient
        for recipient in recipients.active(connection)
        if recipient.wants_digest and recipient.created_at < week.end and recipient.id not in have
    ]


def _put(connection: Connection, digest: Digest, recipient: Recipient, now: datetime) -> bool:
    return outbox.enqueue_digest(connection, digest, recipient, digest.week, now)


def _made(reports: Reports, week: TimeRange, told: list[Notice]) -> Digest:
    now, before = reports.summary(week), reports.summary(week.previous())
    countries = [c for c in reports.choices("country", week) if c != UNKNOWN][:MOST_COUNTRIES]
    regions = [
        region_of(country, reports.summary(week, Filters(country=country))) for country in countries
    ]
    return digest_of(week, now, before, regions, told)


def _told(connection: Connection, week: TimeRange) -> Iterator[Notice]:
    for text in deliveries.told_between(connection, week.start, week.end, MOST_MESSAGES):
        yield from msgspec.json.decode(text, type=list[Notice])
