"""An installation for the tests of the evaluation: browsers report, time passes, rules run."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text

from analytics.alerting.records import body_of
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.alerting.rules.rule import Rule
from analytics.jobs import alerts
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.notifications.notice import Notice
from models.alerts.alert_rules import INSTALLATION, AlertRules
from models.alerts.recipients import Recipients
from models.database.engine import Database
from models.database.leases import Leases
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report


class World:
    """An installation with the rules of `with_rules` only; its time moves in steps of 15 s."""

    def __init__(self, database: Database, clock: Clock, folder: Path) -> None:
        self.database, self.clock = database, clock
        lease = Leases(database).take(LEASE, "test", 60)
        assert lease is not None
        self.context = JobContext(
            database, Settings(data_dir=folder, smtp_host="localhost"), clock, lease
        )
        whom = {"kind": "email", "address": "ops@example.com", "name": "Ops"}
        wants = {"wants_resolved": True, "wants_digest": False, "paused": False}
        Recipients(database).add(whom | wants, NOON)

    def with_rules(self, *rules: Rule) -> "World":
        """Stores these rules instead of the defaults of a new installation."""
        AlertRules(self.database).add(
            body_of(a_rule(name="first", enabled=False)), INSTALLATION, NOON
        )
        stored = AlertRules(self.database)
        defaults = [stored.add(body_of(rule), INSTALLATION, NOON) for rule in DEFAULT_RULES]
        for default in sorted(defaults, key=lambda each: not each.body["inhibited_by"]):
            stored.remove(default.id, "ada", NOON)
        for rule in rules:
            stored.add(body_of(rule), "ada", NOON)
        return self

    def simulate(self, seconds: int, **latency_ms: float) -> str:
        """Time passes; each country reports its latency ten times every 15 seconds."""
        summary = ""
        for _ in range(seconds // 15):
            self.clock.advance(seconds=15)
            self.report(
                *(
                    report(
                        (ms,) * 10, country=country, period_end=self.clock() - timedelta(seconds=1)
                    )
                    for country, ms in latency_ms.items()
                )
            )
            summary = alerts.step(self.context)
        return summary

    def report(self, *reports: ClientReport) -> None:
        ClientReports(self.database).insert(reports)

    def change(self, name: str, **fields: str) -> None:
        """Changes fields of a stored rule without validation, as a newer catalogue may."""
        statement = "UPDATE alert_rules SET body = body || CAST(:body AS jsonb) WHERE name = :name"
        values = {"name": name, "body": msgspec.json.encode(fields).decode()}
        with self.database.transaction() as connection:
            connection.execute(text(statement), values)

    def alerts(self, columns: str = "rule, labels, state") -> list[tuple[Any, ...]]:
        return rows(self.database, f"SELECT {columns} FROM alerts ORDER BY id")

    def notices(self) -> list[list[Notice]]:
        contents = rows(self.database, "SELECT content FROM outbox ORDER BY created_at")
        return [msgspec.json.decode(str(content), type=list[Notice]) for (content,) in contents]

    def kinds(self) -> list[list[str]]:
        return [[notice.kind for notice in message] for message in self.notices()]
