"""PostgreSQL, web workers and two schedulers under one clock, which is moved on step by step.

Time could be run faster instead (libfaketime's `x168`), but a job of every five seconds would have
30 ms then, and Python waits by the monotonic clock. So each step sets the clock to where the next
job is due, tells the schedulers, and waits until they have done it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics.alerting.records import body_of
from analytics.alerting.rules.rule import Rule
from models.alerts import alert_rules
from models.alerts.recipients import Recipients
from models.database.engine import Database
from models.embedded import Postmaster, database_url, supervised
from models.embedded.places import places
from scripts import first_start
from settings import Settings
from tests.support.compressed.browsers import Browsers
from tests.support.compressed.nodes import SchedulerNode
from tests.support.faults.preloaded_clock import PreloadedClock, preloaded_clock
from tests.support.faults.small_disk import SmallDisk, small_disk
from tests.support.receivers.mail_server import Mailbox, mail_server
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    open_folder,
)

MINUTE = timedelta(minutes=1)
DISK_MEGABYTES = 1500
OWN_CONFIGURATION = "fsync = off\nmax_wal_size = '256MB'\nautovacuum_naptime = '1h'\n"
Interval = tuple[datetime, datetime]


@dataclass
class CompressedInstallation:
    """The processes, what reports to them, and the steps that were made: from when to when."""

    clock: PreloadedClock
    now: datetime
    stride: timedelta
    store: Database
    postmaster: Postmaster
    disk: SmallDisk
    server: RunningServer
    nodes: list[SchedulerNode]
    mailbox: Mailbox
    browsers: Browsers
    slow_ms_at: Callable[[datetime], float | None]
    steps: list[Interval] = field(default_factory=list)

    def pass_until(self, instant: datetime) -> None:
        """Step by step until then."""
        while self.now < instant:
            self.step()

    def step(self) -> None:
        """On by a stride; each minute the browsers report what it was like."""
        before, self.now = (
            self.now,
            max(self.now, _floor(self.clock.now(), self.stride)) + self.stride,
        )
        self.clock.set_to(self.now)
        for minute in _minutes_within(before, self.now):
            self.browsers.report(minute, self.slow_ms_at(minute))
        for node in self.nodes:
            node.run_due()
        self.steps.append((self.now, self.clock.now()))

    def run_store_again(self) -> None:
        """Start PostgreSQL if it ended, as `serve` does."""
        if self.postmaster.exit_code is not None:
            with self.clock.preloaded():
                self.postmaster.start()


@contextmanager
def compressed_installation(
    start: datetime,
    stride: timedelta,
    slow_ms_at: Callable[[datetime], float | None],
    rule: Rule,
    folder: Path,
) -> Iterator[CompressedInstallation]:
    """It begins at `start`, on a small disk, with a rule and a mail server for its admin."""
    mailbox = Mailbox()
    with ExitStack() as stack:
        clock = stack.enter_context(preloaded_clock(stack.enter_context(open_folder())))
        clock.set_to(start)
        disk = stack.enter_context(
            small_disk(stack.enter_context(open_folder()), megabytes=DISK_MEGABYTES)
        )
        postmaster, url = stack.enter_context(store_under(clock, disk.folder / "data"))
        environment = {
            "DATABASE_URL": url, "DATA_DIR": str(folder), "SMTP_HOST": "localhost",
            "SMTP_PORT": str(stack.enter_context(mail_server(mailbox))), "SMTP_SECURITY": "none",
            "EMAIL_FROM": "monitoring@example.com", "ADMIN_EMAIL": ADMIN_EMAIL,
            "TRUSTED_PROXY_HOPS": "1", "APP_ZONES": "*=Europe/Berlin", **clock.environment,
        }  # fmt: skip
        store = Database(url)
        stack.callback(store.dispose)
        first_start.prepare(_settings(url, folder), lambda _: None)
        _notify(store, rule, start)
        server = RunningServer(url, folder, environment=environment)
        stack.callback(server.stop)
        server.start()
        nodes = [
            SchedulerNode({**os.environ, **environment}, folder / f"{n}.log") for n in range(2)
        ]
        for node in nodes:
            stack.callback(node.kill)
        yield CompressedInstallation(
            clock, start, stride, store, postmaster, disk, server, nodes, mailbox,
            Browsers(server.url), slow_ms_at,
        )  # fmt: skip


def _notify(store: Database, rule: Rule, at: datetime) -> None:
    values = {
        "kind": "email", "address": ADMIN_EMAIL, "name": "on call", "wants_resolved": True,
        "wants_digest": True, "paused": False,
    }  # fmt: skip
    Recipients(store).add(values, at)
    with store.transaction() as connection:
        alert_rules.install(connection, [body_of(rule)], at)


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        data_dir=folder, database_url=url, admin_email=ADMIN_EMAIL, admin_password=ADMIN_PASSWORD
    )


@contextmanager
def store_under(clock: PreloadedClock, folder: Path) -> Iterator[tuple[Postmaster, str]]:
    """PostgreSQL under the clock, which starts once more with a configuration of its own."""
    settings = Settings(data_dir=folder)
    with ExitStack() as stack:
        with clock.preloaded():
            postmaster = stack.enter_context(supervised(settings))
            postmaster.stop()
            own = places(folder).cluster / "own.conf"
            own.write_text(OWN_CONFIGURATION)
            own.chmod(0o644)
            postmaster.start()
        yield postmaster, database_url(settings)


def _floor(instant: datetime, step: timedelta) -> datetime:
    epoch = datetime(2001, 1, 1, tzinfo=UTC)
    return epoch + (instant - epoch) // step * step


def _minutes_within(before: datetime, now: datetime) -> Iterator[datetime]:
    minute = _floor(before, MINUTE) + MINUTE
    while minute <= now:
        yield minute
        minute += MINUTE
