"""The weekly digest: the right week, the right figures, once."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.formatting.numbers import THIN
from analytics.jobs import weekly_digest
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.notifications.digest.digest import (
    WEEK,
    AlertLine,
    Digest,
    Region,
    WeekFigures,
    alert_lines,
    slowest_regions,
    week_due,
    week_name,
)
from analytics.notifications.digest.digest_email import compose_digest_email
from analytics.stats.estimates import Durations, Share
from models.alerts import outbox, recipients
from models.alerts.outbox import OutgoingMessage
from models.alerts.recipients import Recipient, Recipients
from models.database.engine import Database
from models.database.leases import Leases
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.notice_factory import a_notice

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
OURS = "https://metrics.example.com"


def a_share(value: float, n: int = 50_000) -> Share:
    return Share(value=value, n=n, low=value - 0.002, high=value + 0.002)


def figures(**values: object) -> WeekFigures:
    defaults = {
        "sessions": 4000, "drops": 190, "reconnect_attempts": 410,
        "connect_success": a_share(0.97), "stability": a_share(0.95),
        "error_rate": a_share(0.005),
        "latency_ms": Durations(n=80_000, mean=60.0, p50=44.0, p95=180.0, p99=420.0),
    }  # fmt: skip
    return WeekFigures(**defaults | values)  # type: ignore[arg-type]  # plain keyword values


def a_digest(**values: object) -> Digest:
    line = tuple((MONDAY + timedelta(hours=6 * n), 150.0 + n) for n in range(28))
    defaults = {
        "week": "2026-W10", "start": MONDAY, "end": MONDAY + WEEK, "now": figures(),
        "before": figures(), "latency": line, "latency_before": line, "regions": (),
        "alerts": (), "alert_count": 0,
    }  # fmt: skip
    return Digest(**defaults | values)  # type: ignore[arg-type]  # plain keyword values


def email_text(**values: object) -> str:
    """The text of the email with plain spaces."""
    return compose_digest_email(a_digest(**values), OURS).text.replace(THIN, " ")


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_the_week_due_is_over_and_begins_on_a_monday(later: timedelta) -> None:
    now = MONDAY + later
    week = week_due(now)
    assert (week.start.isoweekday(), week.start.hour, week.length) == (1, 0, WEEK)
    assert timedelta(hours=6) <= now - week.end < WEEK + timedelta(hours=6)


def test_the_digest_waits_for_monday_morning() -> None:
    assert week_name(week_due(datetime(2026, 3, 9, 5, 59, tzinfo=UTC))) == "2026-W09"
    assert week_name(week_due(datetime(2026, 3, 9, 6, 0, tzinfo=UTC))) == "2026-W10"


def test_it_names_what_changed_beyond_chance() -> None:
    slow = Durations(n=80_000, mean=90.0, p50=50.0, p95=240.0, p99=500.0)
    text = email_text(now=figures(connect_success=a_share(0.93), latency_ms=slow))
    assert text.startswith(
        "Connect success −4.0 pt (much worse), Round trip p95 +33 % (worse); no alert."
    )
    assert re.search(r"Connect success +93.0 % +97.0 % +−4.0 pt \(much worse\)", text)


def test_a_week_like_the_previous_is_reported_as_unchanged() -> None:
    assert email_text().startswith("4,000 sessions (+0.0 %), no alert; nothing else changed")


def test_a_first_and_an_empty_week_have_their_sentences() -> None:
    nothing = figures(sessions=0)
    assert email_text(before=nothing).startswith(
        "4,000 sessions, no alert; nothing to compare with yet."
    )
    assert email_text(now=nothing).startswith("No sessions were reported this week.")


def test_regions_and_alerts_are_escaped_and_links_stay_on_public_url() -> None:
    evil = "<b>x</b>"
    line = AlertLine(
        rule="Connect success", labels={"release": evil}, severity="critical",
        since=MONDAY + timedelta(days=3, hours=13), ended=MONDAY + timedelta(days=3, hours=17),
    )  # fmt: skip
    region = Region(country=evil, sessions=1204, p95=412.0, connect_success=0.91, stability=0.9)
    email = compose_digest_email(a_digest(regions=(region,), alerts=(line,), alert_count=1), OURS)
    assert evil not in email.html
    assert email.subject == "Week 10: 2 to 8 March 2026"
    assert set(re.findall(r'href="([^"?]+)', email.html)) == {
        f"{OURS}/admin/websocket-client-metrics", f"{OURS}/api/ws/client-metrics/summary",
    }  # fmt: skip
    assert "start=2026-03-02T00:00:00Z&amp;end=2026-03-09T00:00:00Z&amp;format=csv" in email.html
    assert "Thu 13:00, 4 h" in email.text.replace(THIN, " ")
    assert set(email.pictures) == {"light@chart", "dark@chart"}


def test_a_span_over_the_end_of_a_month_names_both() -> None:
    start = datetime(2026, 3, 30, tzinfo=UTC)
    email = compose_digest_email(a_digest(week="2026-W14", start=start, end=start + WEEK), None)
    assert email.subject == "Week 14: 30 March to 5 April 2026"
    assert "href" not in email.html
    assert "PUBLIC_URL" in email.html


def test_few_sessions_say_nothing_about_a_region() -> None:
    def region(country: str, sessions: int, p95: float | None) -> Region:
        return Region(
            country=country, sessions=sessions, p95=p95, connect_success=None, stability=None
        )

    regions = slowest_regions(
        [region("AA", 19, 900.0), region("BB", 20, 100.0), region("CC", 500, 300.0),
         region("DD", 500, None)]
    )  # fmt: skip
    assert [each.country for each in regions] == ["CC", "BB"]


def test_an_alert_counts_once_however_many_notices_it_sent() -> None:
    end = NOON + timedelta(hours=1)
    lines = alert_lines(
        [a_notice(), a_notice(), a_notice(kind="repeat"), a_notice(kind="resolved", at=end),
         a_notice(alert_id=8, kind="test"), a_notice(alert_id=9, kind="no_data")]
    )  # fmt: skip
    assert [(line.ended, line.severity) for line in lines] == [
        (end, "critical"), (None, "critical"),
    ]  # fmt: skip


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    clock.at = MONDAY + WEEK + timedelta(hours=7)
    return JobContext(database, Settings(data_dir=tmp_path), clock, lease)


@pytest.fixture
def add_recipient(database: Database) -> Callable[..., Recipient]:
    def make(address: str = "admin@example.com", **values: object) -> Recipient:
        defaults = {
            "kind": "email", "address": address, "name": "x", "wants_resolved": True,
            "wants_digest": True, "paused": False,
        }  # fmt: skip
        return Recipients(database).add(defaults | values, MONDAY)

    return make


def digests(database: Database) -> list[Digest]:
    with database.transaction() as connection:
        rows = connection.execute(text("SELECT content FROM outbox WHERE subject = 'digest'"))
        return [msgspec.json.decode(content, type=Digest) for content in rows.scalars()]


def test_it_is_made_once_per_week_and_recipient_whatever_restarts(
    context: JobContext, clock: Clock, add_recipient: Callable[..., Recipient]
) -> None:
    add_recipient()
    assert weekly_digest.step(context) == "2026-W10 queued, recipients: 1"
    assert weekly_digest.step(context) == "everyone has this week's"
    add_recipient("late@example.com")
    add_recipient("no@example.com", wants_digest=False)
    assert weekly_digest.step(context) == "2026-W10 queued, recipients: 1"
    clock.advance(days=7)
    assert weekly_digest.step(context) == "2026-W11 queued, recipients: 2"


def test_two_schedulers_at_once_make_it_once(
    database: Database, add_recipient: Callable[..., Recipient]
) -> None:
    reader = add_recipient()
    with database.transaction() as connection:
        enqueued = [
            outbox.enqueue_digest(connection, a_digest(), reader, "2026-W10", NOON)
            for _ in range(2)
        ]
    assert enqueued == [True, False]


def test_a_recipient_added_after_the_week_gets_no_digest_of_it(
    context: JobContext, database: Database, clock: Clock
) -> None:
    values = {
        "kind": "email", "address": "new@example.com", "name": "x", "wants_resolved": True,
        "wants_digest": True, "paused": False,
    }  # fmt: skip
    Recipients(database).add(values, clock())
    assert weekly_digest.step(context) == "everyone has this week's"


def test_its_figures_match_the_reports_and_its_alerts_the_sent_notices(
    context: JobContext, database: Database, add_recipient: Callable[..., Recipient]
) -> None:
    add_recipient()
    ClientReports(database).insert(
        [
            ClientReport(
                session_id=uuid4(), report_id=uuid4(), received_at=at, period_start=at,
                period_end=at, attempts=10, opened=9, failed=1, country=country,
            )
            for at, country, number in (
                (MONDAY + timedelta(days=2), "BR", 30), (MONDAY - timedelta(days=2), "BR", 7),
            )
            for _ in range(number)
        ]
    )  # fmt: skip
    with database.transaction() as connection:
        everybody = recipients.active(connection)
        outbox.enqueue(
            connection, [OutgoingMessage([a_notice()], everybody, "g")], MONDAY + timedelta(days=1)
        )
        outbox.enqueue(
            connection, [OutgoingMessage([a_notice(alert_id=8)], everybody, "g")], MONDAY + WEEK
        )
    weekly_digest.step(context)
    (digest,) = digests(database)
    assert (digest.now.sessions, digest.before.sessions) == (30, 7)
    assert digest.now.connect_success.value == 0.9
    assert digest.alert_count == 1


def test_kinds_of_drops_are_rows_and_two_rules_are_not_compared() -> None:
    now = figures(lost=150, ended_by_server=40, never_back=7, without_connection_ms=90_000)
    text_of_both = email_text(now=now, before=now)
    assert re.search(r"Ended by the server +40 +40 +", text_of_both)
    assert re.search(r"Time without a connection +90.0 s +90.0 s +–", text_of_both)
    assert "another rule" not in text_of_both
    crossing = email_text(now=now, before=figures(stability=a_share(0.5)), has_two_rules=True)
    assert "another rule" in crossing
    assert re.search(r"  Lost +150 +– +–\n", crossing)
    assert re.search(r"Stability +95.0 % +50.0 % +–\n", crossing)
    assert "lost" not in email_text()
