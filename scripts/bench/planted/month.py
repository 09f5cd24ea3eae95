"""What became of the demo's own incidents: which are detected, and the slice at rank 1."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.anomalies import incidents
from models.anomalies.incidents import IncidentFilter, IncidentRow
from models.database.engine import Database
from scripts.bench.planted.plants import KINDS
from scripts.demo_data import world
from scripts.demo_data.incidents import incidents as planted

LATE = timedelta(hours=1)
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Expected:
    """Where an incident of the demo is to be found: the metrics of a part, the app, and the slice
    that its first contribution names or is within (empty: everybody)."""

    metrics: Collection[str]
    apps: Collection[str]
    slice: Mapping[str, str]


EXPECTED: Mapping[str, Expected] = {
    "refused": Expected(KINDS["refused"], ("portal", "mobile"), {"country": "US"}),
    "silent": Expected(("sessions", "reports", "active", "silent_sessions"), ("kiosk",), {}),
    "dropping": Expected(
        KINDS["drops"], ("mobile",),
        {"browser": "Mobile Safari 26"},
    ),
    "slow": Expected(KINDS["slow"], ("portal", "mobile", "kiosk"), {"country": "BR"}),
    "restart": Expected(("drops", "lost", "closed", "abnormal_closes", "active"), (), {}),
    "rejected": Expected(KINDS["rejected"], ("portal",), {}),
}  # fmt: skip


def outcomes_of(database: Database, until: datetime) -> dict[str, IncidentRow | None]:
    """The incident of each of the demo's, by name: that with the largest rho of those that are
    explained by its slice, else of all in its metrics, apps and time."""
    begin = until - timedelta(days=world.DAYS)
    with database.transaction() as connection:
        rows = incidents.matching(connection, IncidentFilter(start=begin, end=until), MOST)
        parts = incidents.parts_of(connection, [row.id for row in rows])
    metrics: dict[int, set[str]] = {}
    for part in parts:
        metrics.setdefault(part.incident_id, set()).add(part.key.metric)
    outcomes: dict[str, IncidentRow | None] = {}
    for name, span in _spans(until).items():
        expected = EXPECTED[name]
        near = [
            row
            for row in rows
            if row.started_at < span[1] + LATE and row.until > span[0]
            and (not expected.apps or row.key.app in expected.apps)
            and metrics.get(row.id, set()) & {*expected.metrics}
        ]  # fmt: skip
        outcomes[name] = max(near, key=lambda row: (names(row, expected), row.rho), default=None)
    return outcomes


def names(row: IncidentRow, expected: Expected) -> bool:
    """Whether the first contribution is the slice, or is within it."""
    return {*expected.slice.items()} <= {*first_slice(row).items()}


def first_slice(row: IncidentRow) -> Mapping[str, str]:
    """The slice at rank 1; empty where none stands out."""
    contributions = (row.explanation or {}).get("contributions") or [{"is_notable": False}]
    first = contributions[0]
    return dict(first["slice"]) if first["is_notable"] else {}


def line_of(row: IncidentRow | None) -> str:
    """A line of the report."""
    if row is None:
        return "not found"
    return f"{row.severity} {row.key.metric}: {(row.explanation or {}).get('sentence', '')}"


def quiet_days(database: Database, until: datetime) -> dict[str, int]:
    """How many incidents there are by severity that touch no incident of the demo."""
    spans = _spans(until).values()
    with database.transaction() as connection:
        begin = until - timedelta(days=world.DAYS)
        rows = incidents.matching(connection, IncidentFilter(start=begin, end=until), MOST)
    others = [
        row
        for row in rows
        if not any(row.started_at < end + LATE and row.until > start for start, end in spans)
    ]
    return dict(Counter(row.severity for row in others))


def _spans(until: datetime) -> dict[str, tuple[datetime, datetime]]:
    begin = until - timedelta(days=world.DAYS)
    return {
        name: (_instant(begin, each.start), _instant(begin, each.end))
        for name, each in planted(begin, until).items()
    }


def _instant(begin: datetime, seconds: float) -> datetime:
    return (begin + timedelta(seconds=seconds)).astimezone(UTC)
