"""Saves and removes baselines, each with an audit entry."""

from collections.abc import Callable
from datetime import datetime

from analytics.baselines import cells, limits, reading
from analytics.baselines.answers import BaselineResponse, baseline_response
from analytics.baselines.by_hour import packed_by_hour
from analytics.baselines.limits import BaselineFault, BaselineRequest
from analytics.baselines.reading import HourlyFigures
from analytics.baselines.reports import NoSuchBaseline
from analytics.baselines.server_wide import without_load_tests
from analytics.permission.actor import Actor, NotAllowed
from analytics.query.engine import Engine
from analytics.ranges.app_zones import AppZones, zone_of
from analytics.stats.over_hours.differences import LEAST_HOURS
from analytics.stats.session_moments import packed
from models.baselines.baselines import (
    BaselineNameTaken,
    BaselineRange,
    Baselines,
    BaselineWatched,
    PackedFigures,
    TooManyBaselines,
)
from models.database.engine import Database
from models.people.audit import Audit, AuditEntry
from models.queries import load_test_windows
from models.queries.snapshot import snapshot

__all__ = ["BaselineActions", "BaselineNameTaken", "BaselineWatched", "TooManyBaselines"]


class BaselineActions:
    """Methods raise `NotAllowed` for all but admins, and `DatabaseAway`."""

    def __init__(self, database: Database, zones: AppZones, now: Callable[[], datetime]) -> None:
        self._database = database
        self._baselines = Baselines(database)
        self._audit = Audit(database)
        self._zones = zones
        self._now = now

    def add(self, actor: Actor, request: BaselineRequest) -> BaselineResponse:
        """Saves the full hours of a range. Raises `BaselineFault`, `BaselineNameTaken` and
        `TooManyBaselines`."""
        _require_admin(actor)
        limits.check(request)
        figures = self._read(request)
        of_range = BaselineRange(
            name=request.name, note=request.note, source=request.source,
            filters=dict(request.filters), starts_at=figures.start, ends_at=figures.end,
            zone=figures.zone, hours=figures.hours,
        )  # fmt: skip
        stored = self._baselines.add(of_range, _packed(figures), actor.name, self._now())
        self._note(actor, "saved baseline", stored.name)
        return baseline_response(stored)

    def remove(self, actor: Actor, baseline_id: int) -> None:
        """Removes a baseline. Raises `NoSuchBaseline`, and `BaselineWatched` while a rule compares
        with it."""
        _require_admin(actor)
        removed = self._baselines.remove(baseline_id)
        if removed is None:
            raise NoSuchBaseline(f"There is no baseline {baseline_id}.")
        self._note(actor, "removed baseline", removed.name)

    def _read(self, request: BaselineRequest) -> HourlyFigures:
        window = limits.full_hours(request.window, self._now())
        app = request.filters.get("app")
        zone = zone_of(self._zones, [app] if app else ())
        with snapshot(self._database) as connection:
            engine = Engine(connection, window)
            figures = reading.read(engine, window, request.source, request.filters, zone)
            tests = load_test_windows.between(connection, figures.start, figures.end)
        if request.source == "server":
            figures = without_load_tests(figures, tests)
        if figures.not_counted:
            raise BaselineFault("filters", str(next(iter(figures.not_counted.values()))))
        if figures.hours < LEAST_HOURS:
            raise BaselineFault(
                "start", f"{figures.hours} of its hours hold anything: {LEAST_HOURS} must"
            )
        return figures

    def _note(self, actor: Actor, action: str, subject: str) -> None:
        self._audit.record(AuditEntry(self._now(), actor.name, action, subject, {}))


def _packed(figures: HourlyFigures) -> PackedFigures:
    return PackedFigures(
        cells.packed_cells(figures.arrays), packed(figures.moments), packed_by_hour(figures)
    )


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotAllowed("Only an admin may do this.")
