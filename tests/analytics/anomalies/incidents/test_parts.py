"""Steps beyond the band become parts of incidents, the same however they come in portions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomalies.incidents.parts import KINDS, Folding, JudgedSteps
from models.metrics.anomalies.incident import IncidentKind, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON

DROPS = SeriesKey("client", "portal", "drops")
OF_BRAZIL = replace(DROPS, dimension="country", value="BR")
SECONDS = int(NOON.timestamp())
DEVIATES, NO_DATA = KINDS.index(IncidentKind.DEVIATION), KINDS.index(IncidentKind.NO_DATA)


def steps_of(
    kinds: list[int], begins: list[bool] | None = None, rho: list[float] | None = None,
    key: SeriesKey = DROPS, events: float = 9.0,
) -> JudgedSteps:  # fmt: skip
    """Steps from noon on; each that is beyond the band can begin a part unless `begins` says so."""
    size = len(kinds)
    values = np.arange(size, dtype=np.float64)
    return JudgedSteps(
        series_id=7, key=key, timestamps=SECONDS + np.arange(size) * key.step_seconds,
        kinds=np.array(kinds, dtype=np.int64),
        begins=np.array(begins if begins is not None else [True] * size, dtype=np.bool),
        events=np.full(size, events), observed=values, expected=values / 2, low=values / 4,
        high=values,
        rho=np.array(rho if rho is not None else [1.2] * size),
        is_sustained=np.zeros(size, dtype=np.bool),
    )  # fmt: skip


def sliced(steps: JudgedSteps, start: int, end: int) -> JudgedSteps:
    names = (
        "timestamps", "kinds", "begins", "events", "observed", "expected", "low", "high", "rho",
        "is_sustained",
    )  # fmt: skip
    return replace(steps, **{name: getattr(steps, name)[start:end] for name in names})


def folded(steps: JudgedSteps, cuts: list[int]) -> list[IncidentPart]:
    """The parts after folding portion by portion, stored in between as the job does."""
    stored: dict[datetime, IncidentPart] = {}
    run = None
    edges = [0, *cuts, len(steps.timestamps)]
    for start, end in pairwise(edges):
        folding = Folding([part for part in stored.values() if part.is_ongoing], run)
        folding.fold(sliced(steps, start, end))
        stored |= {part.started_at: part for part in folding.changed}
        run = folding.run
    return [stored[start] for start in sorted(stored)]


def spans(parts: list[IncidentPart], key: SeriesKey = DROPS) -> list[tuple[int, int, bool]]:
    """First and last step (exclusive) of each part, and whether it is over."""
    return [
        (
            int((part.started_at.timestamp() - SECONDS) / key.step_seconds),
            int((part.until.timestamp() - SECONDS) / key.step_seconds),
            not part.is_ongoing,
        )
        for part in parts
    ]


def test_what_comes_back_within_the_gap_is_the_same_part() -> None:
    kinds = [-1, 0, 0, *[-1] * 12, 0, *[-1] * 13, 0]
    assert spans(folded(steps_of(kinds), [])) == [(1, 16, True), (29, 30, False)]
    hourly = [0, *[-1] * 12, 0, *[-1] * 13]
    parts = folded(steps_of(hourly, key=OF_BRAZIL), [])
    assert spans(parts, OF_BRAZIL) == [(0, 14, True)]


def test_a_part_begins_with_the_first_of_the_steps_that_led_to_it() -> None:
    kinds, begins = [0, -1, 0, 0, 0, -1], [False, False, False, False, True, False]
    (part,) = folded(steps_of(kinds, begins, [1.1, 0, 1.1, 1.2, 1.6, 0]), [3])
    assert spans([part]) == [(2, 5, False)]
    assert (part.peak_at, part.observed, part.rho) == (NOON + timedelta(minutes=20), 4.0, 1.6)
    assert (part.steps, part.severity, part.scale) == (3, "medium", "sudden")


def test_steps_that_cannot_begin_a_part_make_none() -> None:
    assert folded(steps_of([0, 0, 0], [False] * 3), [1]) == []
    assert folded(steps_of([]), []) == []


def test_a_run_begins_a_part_once_it_deviates_by_five_events() -> None:
    assert folded(steps_of([0, 0], events=2.0), [1]) == []
    (part,) = folded(steps_of([0, 0, 0], events=2.0), [1])
    assert spans([part]) == [(0, 3, False)]


def test_kinds_are_parts_of_their_own() -> None:
    parts = folded(steps_of([DEVIATES, DEVIATES, NO_DATA, NO_DATA, DEVIATES]), [2])
    assert [(part.kind, part.steps) for part in parts] == [
        (IncidentKind.DEVIATION, 3), (IncidentKind.NO_DATA, 2),
    ]  # fmt: skip


@st.composite
def judged(draw: st.DrawFn) -> JudgedSteps:
    size = draw(st.integers(1, 60))
    return steps_of(
        draw(st.lists(st.sampled_from([-1, -1, -1, 0, 1]), min_size=size, max_size=size)),
        draw(st.lists(st.booleans(), min_size=size, max_size=size)),
        draw(st.lists(st.sampled_from([1.1, 1.6, 3.0]), min_size=size, max_size=size)),
    )


@given(judged(), st.data())
def test_parts_do_not_depend_on_portions(steps: JudgedSteps, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(steps.timestamps)), max_size=5).map(sorted))
    assert folded(steps, cuts) == folded(steps, [])


@given(judged())
def test_no_step_is_in_two_parts_of_a_kind_and_each_that_begins_is_in_a_part(
    steps: JudgedSteps,
) -> None:
    parts = folded(steps, [])
    for index, kind in enumerate(steps.kinds):
        at = datetime.fromtimestamp(int(steps.timestamps[index]), UTC)
        covering = [
            part
            for part in parts
            if kind >= 0 and part.kind is KINDS[kind] and part.started_at <= at < part.until
        ]
        assert len(covering) <= 1
        assert covering or not (kind >= 0 and steps.begins[index])
    for part in parts:
        assert part.started_at <= part.peak_at < part.until
