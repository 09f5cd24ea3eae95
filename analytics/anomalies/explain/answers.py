"""What explains an incident: the slices that made the change, and the record stored with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Record = dict[str, Any]  # as JSON holds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one slice (values by dimension) adds to the change.

    `change` is in events beyond the expected ones, as `Explanation.total_change`, and adds up to it
    over the values of a dimension; `share` is its part of it, beyond 1 where others fell.
    `usual_share` is the slice's part of the expected events: a `share` near it is nothing special.
    `n` are the events of the slice in the incident's window, `sessions` those with a report in it
    (`None`: not counted). Under resampling (90 % of draws) its rank is from `rank_low` to
    `rank_high`; equal where the order is clear.
    """

    slice: Mapping[str, str]
    change: float
    share: float
    usual_share: float
    n: float
    sessions: float | None = None
    rank_low: int
    rank_high: int
    is_notable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a metric left its expected value, the best explanation first.

    `total_change` are events of the kind `unit` ("drops", "failed attempts", "round trips slower
    than the usual p95") beyond the expected ones; negative where events are missing.
    `contributions` are ranked; the first is what `sentence` names, if it `is_notable`. Of a figure
    of people, `rate_share` is the part of the change made within the slices of the dimension named,
    `mix_share` the part that a changed mix of them makes while every slice is as usual, and
    `volume_share` that of more or fewer people (0 of a ratio); together 1, `None` where the store
    does not tell what events are among. `not_counted` says why, by dimension (`country+browser`).
    `notes` are further sentences: of slices with their usual share, of what else moved; `advice`
    are the steps of the documentation for the symptom, with the figures filled in. `until` is the
    end of the window that is explained, ISO 8601.
    """

    total_change: float
    unit: str
    contributions: tuple[Contribution, ...] = ()
    mix_share: float | None = None
    rate_share: float | None = None
    volume_share: float | None = None
    not_counted: Mapping[str, str] = field(default_factory=dict)
    sentence: str = ""
    notes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    until: str = ""

    @property
    def notable(self) -> list[Contribution]:
        """Those beyond their usual share: what the API lists as slice and share."""
        return [each for each in self.contributions if each.is_notable]


def to_record(explanation: Explanation) -> Record:
    """As JSON stores it."""
    return asdict(explanation)
