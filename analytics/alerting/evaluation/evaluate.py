"""Which label sets a rule looks at, and what each look says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.alerting.lifecycle.alert_state import Observation, Verdict
from analytics.alerting.rules.formulas import Formula, reading_for
from analytics.alerting.rules.labels import Labels
from analytics.alerting.rules.rule import Rule

from .row_index import Key, RowIndex
from .series_matrix import SeriesMatrix, key_of
from .window_values import Measured, at_the_end

BEHIND_AFTER = {"client": timedelta(minutes=3), "server": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a source is: its `latest` figures, and whether it told anything within a day."""

    latest: datetime | None
    spoke: bool

    def is_behind(self, source: str, now: datetime) -> bool:
        """Whether nothing new came for so long that old figures say nothing of the present."""
        return self.latest is None or now - self.latest > BEHIND_AFTER[source]


def looks(
    rule: Rule, cells: SeriesMatrix, sight: Freshness, live: Iterable[Labels], now: datetime
) -> Iterator[tuple[Labels, Observation]]:
    """Every label set of `cells` that passes the filters, and of live alerts, with its look.

    A source that never spoke has nothing to be silent about: then only live alerts are looked at.
    """
    reading = reading_for(rule)
    measured = at_the_end(rule, reading, cells)
    fires, clears, enough = measured.verdicts(rule)
    is_behind = sight.is_behind(rule.source, now) and not reading.is_of_source
    places = RowIndex.of(rule, cells)
    for labels in _label_sets(rule, places.rows, live, is_there=sight.spoke):
        place = places.find(labels)
        if is_behind:
            yield labels, Observation(Verdict.BEHIND, reason="the source tells nothing new")
        elif place is None:
            yield labels, _of_nothing(rule, reading)
        else:
            verdict = _verdict(bool(enough[place]), bool(fires[place]), bool(clears[place]))
            yield labels, _observation(verdict, measured, place)


def _label_sets(
    rule: Rule,
    places: Mapping[Key, int],
    live: Iterable[Labels],
    *,
    is_there: bool,
) -> list[Labels]:
    keys = {key_of(labels) for labels in live}
    if is_there:
        keys |= set(places) | (set() if rule.split_by else {()})
    return [dict(key) for key in sorted(keys)]


def _of_nothing(rule: Rule, reading: Formula) -> Observation:
    """Nothing is nought where figures are counted, and unknown everywhere else."""
    if not reading.is_of_source:
        return Observation(Verdict.TOO_FEW, reason="nothing was measured")
    none = np.zeros(1)
    fires, clears, _ = Measured(none, none, none).verdicts(rule)
    return Observation(_verdict(rule.minimum_n == 0, bool(fires[0]), bool(clears[0])), 0.0)


def _verdict(enough: bool, fires: bool, clears: bool) -> Verdict:
    if not enough:
        return Verdict.TOO_FEW
    if fires:
        return Verdict.FIRES
    return Verdict.CLEAR if clears else Verdict.BETWEEN


def _observation(verdict: Verdict, measured: Measured, place: int) -> Observation:
    value, n = float(measured.value[place]), int(measured.n[place])
    reason = f"only {n} of the least number to judge" if verdict is Verdict.TOO_FEW else ""
    return Observation(verdict, None if np.isnan(value) else value, n, reason)
