"""A week in about an hour, and its short form, a day: nothing is skipped, told twice or lost.

All processes have one clock, which goes from one due job to the next. In it: a time without mail,
the end of summer time, a deployment, a killed node and a full disk, each with an incident near it.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.jobs.runner import LEASE_SECONDS
from tests.support.alerts.alert_life import a_rule
from tests.support.compressed.browsers import ROUND_TRIPS
from tests.support.compressed.installation import (
    CompressedInstallation,
    Interval,
    compressed_installation,
)
from tests.support.compressed.run_slots import RunSlots
from tests.support.servers.api_client import ApiClient
from tests.support.servers.socket_clients import RoomClient
from tests.support.store.postgres import rows

CHANGE = datetime(2026, 10, 25, 1, tzinfo=UTC)  # clocks of Europe go back
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SLOW_MS = 400.0
RULE = a_rule(
    name="Slow country", split_by="country", minimum_n=1, window_seconds=60,
    for_seconds=60, keep_firing_seconds=60, repeat_seconds=86_400,
)  # fmt: skip
# Hours of a day, or sevenths of those of a week, at which something happens.
ORDINARY, MAIL_FAILS, CHANGES, DEPLOYED, KILLED, DISK_FULL, END = 1, 3, 7, 10, 13, 16, 20
MAIL_AWAY, DISK_AWAY, RECOVERED = 45 * MINUTE, 5 * MINUTE, 2 * MINUTE
INCIDENT_FROM, INCIDENT_FOR = 5 * MINUTE, 10 * MINUTE
MARKED = text("SELECT at FROM events WHERE kind = 'restart'")
SAMPLED_SECONDS = 12  # in which a worker has said how many sockets it has
SOCKETS = 3
LEASE = timedelta(seconds=LEASE_SECONDS)


class Week:
    """The span of `days`, how it passes, and when nobody could run a job."""

    def __init__(self, days: float) -> None:
        self._scale = days
        self.start = CHANGE - CHANGES * HOUR * days
        self.without: list[Interval] = []

    def at(self, hours: float) -> datetime:
        """The instant of an hour of the day that stands for the span."""
        return self.start + hours * HOUR * self._scale

    def incidents(self) -> list[Interval]:
        """One on an ordinary day, one without mail, one at each fault, one after the disk."""
        around = [self.at(each) - INCIDENT_FROM for each in (ORDINARY, CHANGES, DEPLOYED, KILLED)]
        begins = [*around, self.at(MAIL_FAILS) + MAIL_AWAY / 3, self.at(DISK_FULL) + 20 * MINUTE]
        return [(begin, begin + INCIDENT_FOR) for begin in begins]

    def slow_ms_at(self, minute: datetime) -> float | None:
        """How slow round trips from Brazil are in the minute that ends then."""
        return SLOW_MS if any(start < minute <= end for start, end in self.incidents()) else None


@contextmanager
def without_mail(installation: CompressedInstallation) -> Iterator[None]:
    """The mail server takes no mail for the length of the block."""
    installation.mailbox.after_mail = ["451 4.3.2 not now"] * 10_000
    yield
    installation.mailbox.after_mail.clear()


def deploy(installation: CompressedInstallation) -> None:
    """Web workers and schedulers are replaced, in order."""
    installation.server.restart()
    for node in installation.nodes:
        node.stop()
        node.start()


def lose_a_node(installation: CompressedInstallation, slots: RunSlots) -> Interval:
    """Kill the leader, and the web worker with sockets open. How long nobody led."""
    leader = installation.nodes[0]
    with ExitStack() as stack:
        for number in range(SOCKETS):
            stack.enter_context(RoomClient(installation.server)).join("hall", number + 1)
        time.sleep(SAMPLED_SECONDS)
        installation.server.kill()
    leader.kill()
    killed_at, before = installation.now, len(slots.runs)
    while len(slots.runs) == before:
        installation.step()
        slots.read()
        assert installation.now - killed_at <= LEASE + 2 * installation.stride
    installation.server.start()
    leader.start()
    return killed_at, installation.now


def fill_the_disk(installation: CompressedInstallation) -> Interval:
    """For minutes; PostgreSQL is started again if it ended."""
    full_at = installation.now
    installation.disk.fill()
    installation.pass_until(full_at + DISK_AWAY)
    installation.disk.empty()
    installation.run_store_again()
    installation.pass_until(installation.now + RECOVERED)
    return full_at, installation.now


def live_through(week: Week, installation: CompressedInstallation, slots: RunSlots) -> None:
    """Let it pass, with all that happens in it."""

    def until(instant: datetime) -> None:
        while installation.now < instant:
            installation.pass_until(min(instant, installation.now + HOUR))
            slots.read()

    until(week.at(MAIL_FAILS))
    with without_mail(installation):
        until(week.at(MAIL_FAILS) + MAIL_AWAY)
    until(week.at(DEPLOYED))
    deploy(installation)
    until(week.at(KILLED))
    week.without.append(lose_a_node(installation, slots))
    until(week.at(DISK_FULL))
    week.without.append(fill_the_disk(installation))
    until(week.at(END))


def assert_each_incident_is_told_once(installation: CompressedInstallation, week: Week) -> None:
    """The one without mail by a single message, each other when it fires and when it ends."""
    subjects = [str(mail["Subject"]) for mail in installation.mailbox.mails]
    told = Counter(each.split(":")[0] for each in subjects if RULE.name in each)
    others = len(week.incidents()) - 1
    assert told == {"Firing": others, "Resolved": others, "Fired and resolved": 1}, subjects
    digests = [each for each in subjects if RULE.name not in each]
    assert len(digests) == len(set(digests)), subjects


def assert_figures_equal_rows(installation: CompressedInstallation, week: Week) -> None:
    """Of every hour, of the long local day, and of all; each acknowledged report is one row."""
    ends = sorted(installation.browsers.acknowledged)
    stored = rows(installation.store, "SELECT period_end FROM client_reports ORDER BY period_end")
    assert [row[0] for row in stored] == ends
    long_day = (CHANGE - 3 * HOUR, CHANGE + 22 * HOUR)
    spans = [long_day, (week.start, installation.now + MINUTE)]
    hour = week.start
    while hour < week.at(END):
        spans.append((hour, hour + HOUR))
        hour += HOUR
    api = ApiClient(installation.server)
    for start, end in spans:
        query = {"start": start.isoformat(), "end": end.isoformat()}
        summary = api.get("/api/ws/client-metrics/summary", **query).json()
        expected = sum(start <= each < end for each in ends)
        assert summary["reports"] == expected, (start, end)
        assert summary["latency_ms"]["n"] == expected * ROUND_TRIPS, (start, end)
    api.close()


def assert_killed_sockets_are_counted(installation: CompressedInstallation, week: Week) -> None:
    """Each as one that nobody closed, and the node as one restart on the charts."""
    lost = "SELECT sum((closed ->> '1006/nobody')::int) FROM server_samples"
    assert rows(installation.store, lost) == [(SOCKETS,)]
    with installation.store.transaction() as connection:
        marked = list(connection.execute(MARKED).scalars())
    killed_at = week.without[0][0]
    assert len([at for at in marked if abs(at - killed_at) < 5 * MINUTE]) == 1, marked


@pytest.mark.deep
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize(
    ("days", "seconds"), [(1, 60), (7, 5)], ids=["a day by the minute", "a week"]
)
def test_every_slot_runs_every_incident_is_told_and_figures_equal_rows(
    days: float, seconds: int, tmp_path: Path
) -> None:
    week, stride = Week(days), timedelta(seconds=seconds)
    with compressed_installation(
        week.start, stride, week.slow_ms_at, RULE, tmp_path
    ) as installation:
        slots = RunSlots(installation.store)
        live_through(week, installation, slots)
        assert slots.repeated() == []
        assert slots.left_out(installation.steps, week.without) == []
        assert_each_incident_is_told_once(installation, week)
        assert_figures_equal_rows(installation, week)
        assert_killed_sockets_are_counted(installation, week)
