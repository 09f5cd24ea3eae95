"""Parts that begin together, or overlap in the same metric, are one incident: one cause moves many
metrics and countries at about the same time; pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from models.metrics.anomalies.incident import IncidentFigures, IncidentPart

NEAR = timedelta(minutes=15)  # between parts that overlap nearly
# So much later a cause is seen in other metrics: those of hours, and what builds up. What begins
# later still is a neighbour, unless it is the same metric, of other people.
LATEST_ONSET = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Grouped:
    """An incident: its parts, by start; the leading one; figures. `incident_id` is that of one of
    its parts, 0 for a new incident; `joined` are further incidents that have become one with it."""

    parts: Sequence[IncidentPart]
    lead: IncidentPart
    figures: IncidentFigures
    incident_id: int
    joined: Sequence[int]


def grouped(
    parts: Iterable[IncidentPart], raise_severity: Callable[[IncidentPart], bool]
) -> list[Grouped]:
    """The incidents of an app, by source and start: those of browsers and of servers are listed
    and notified apart, so neither hides in the other. `raise_severity` says of a leading part
    whether people called incidents like it real."""
    groups: list[list[IncidentPart]] = []
    ordered = sorted(
        parts, key=lambda each: (each.key.source, each.started_at, each.key, each.kind)
    )
    for part in ordered:
        group = _group_of(part, groups)
        if group is None:
            groups.append([part])
        else:
            group.append(part)
    owned: set[int] = set()
    return [_incident_of(group, raise_severity, owned) for group in groups]


def _group_of(
    part: IncidentPart, groups: Sequence[list[IncidentPart]]
) -> list[IncidentPart] | None:
    """That with a part of the same metric, else the newest that began shortly before."""
    early = None
    for group in reversed(groups):
        reaching = [
            each.key.metric
            for each in group
            if each.key.source == part.key.source and part.started_at <= each.until + NEAR
        ]
        if part.key.metric in reaching:
            return group
        if reaching and early is None and part.started_at <= group[0].started_at + LATEST_ONSET:
            early = group
    return early


def lead_of(parts: Sequence[IncidentPart]) -> IncidentPart:
    """The one with the largest rho of an app as a whole, else the one with the largest."""
    return min(
        parts, key=lambda each: (not each.key.is_of_app, -each.rho, each.started_at, each.key)
    )


def _incident_of(
    parts: Sequence[IncidentPart], raise_severity: Callable[[IncidentPart], bool], owned: set[int]
) -> Grouped:
    """`owned` are ids that earlier groups have: of one that falls apart the first keeps its id."""
    lead = lead_of(parts)
    until = max(part.until for part in parts)
    is_ongoing = any(part.is_ongoing for part in parts)
    severity = raised(lead.severity) if raise_severity(lead) else lead.severity
    names = IncidentFigures.__struct_fields__
    figures = replace(
        IncidentFigures(**{name: getattr(lead, name) for name in names}),
        severity=severity, started_at=parts[0].started_at, until=until,
        ended_at=None if is_ongoing else until,
    )  # fmt: skip
    ids = sorted({part.incident_id for part in parts} - {0} - owned)
    owned.update(ids)
    return Grouped(parts, lead, figures, ids[0] if ids else 0, ids[1:])


RAISED = {"low": "medium", "medium": "high", "high": "high"}


def raised(severity: str) -> str:
    """One severity up, at most `high`."""
    return RAISED[severity]
