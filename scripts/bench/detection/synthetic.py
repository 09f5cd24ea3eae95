"""Series of this field with planted incidents, whose windows are labelled.

Six kinds: connections (gauge), messages (count), drops (low count), connect success (ratio),
errors of a small audience (ratio, few trials), round trip p95 (latency), whose noise is that of
few people at night. Incidents last 1 to 12 hours and depart by 3 to 6 spreads of the usual noise of
their hour; of few events the spread is at least that of one. Once in a series a level may change
for good, as with a release: its first 12 hours are the incident.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .labelled import Floats, Ints, LabelledSeries
from .shapes import ZONES, Shape, noise, usual_shape

LEARNED_DAYS = 15
HOURS = {
    "spike": (1.0, 3.0), "drift": (4.0, 12.0), "dip at night": (1.0, 4.0), "frozen": (12.0, 12.0),
    "new level": (12.0, 12.0),
}  # fmt: skip
DEPARTURES = ("shift", "spike", "drift", "new level")
ONCE = ("new level",)
INCIDENTS = {  # what can befall a kind: rare events freeze unseen, shares do not vanish at night
    "connections": (*DEPARTURES, "dip at night", "burst", "frozen"),
    "messages": (*DEPARTURES, "dip at night", "burst", "frozen"),
    "drops": DEPARTURES,
    "success": DEPARTURES,
    "errors": DEPARTURES,
    "latency": (*DEPARTURES, "burst", "frozen"),
}
DAYS = {3600: 60, 300: 28}
AFTER_SECONDS = 2 * 3600  # within which an alarm may end
LEAST_PEOPLE = 0.1  # at night, of those of a usual hour
WINDOW_SHARE = 0.1  # of a series is labelled, as in the Numenta benchmark


@dataclass(frozen=True, slots=True)
class Planted:
    """`start` to before `stop` [index], and what `form` of incident it is."""

    form: str
    start: int
    stop: int


def synthetic_set(rng: np.random.Generator, copies: int = 1) -> list[LabelledSeries]:
    """`copies` series of each of the six kinds, hourly and in steps of five minutes, of
    one zone."""
    zone = str(rng.choice(ZONES))
    return [
        synthetic_series(rng, name, step, zone)
        for step in DAYS
        for name in MAKERS
        for _ in range(copies)
    ]


def synthetic_series(rng: np.random.Generator, name: str, step: int, zone: str) -> LabelledSeries:
    """A series of the kind `name` in steps of `step` seconds."""
    shape = usual_shape(rng, DAYS[step], step, zone)
    plan = _plan(rng, shape, step, INCIDENTS[name])
    kind, values, trials = MAKERS[name](rng, shape, step, plan)
    values = _freeze(values, plan)
    _lose(rng, values, plan, step)
    windows = [_window(each, len(values), len(plan), step) for each in plan]
    return LabelledSeries(
        f"{name}/{step}",
        shape.timestamps,
        values,
        windows,
        kind=kind,
        trials=trials,
        zone=shape.zone,
        forms=tuple(each.form for each in plan),
    )


Made = tuple[str, Floats, Floats | None]


def _connections(
    rng: np.random.Generator, shape: Shape, step: int, plan: Sequence[Planted]
) -> Made:
    level = rng.uniform(50.0, 5000.0) * shape.level
    sd = rng.uniform(0.03, 0.1) * level
    values = level + sd * _disturbed(rng, shape, step, plan)
    return "gauge", _dipped(np.maximum(values, 0.0), plan), None


def _messages(rng: np.random.Generator, shape: Shape, step: int, plan: Sequence[Planted]) -> Made:
    level = rng.uniform(200.0, 20_000.0) * shape.level * (step / 3600.0) ** 0.5
    spread = rng.uniform(0.03, 0.15)
    sd = np.sqrt(level + (spread * level) ** 2)
    mean = np.maximum(level + sd * _disturbed(rng, shape, step, plan), 0.0)
    return "count", _dipped(np.rint(mean), plan), None


def _drops(rng: np.random.Generator, shape: Shape, step: int, plan: Sequence[Planted]) -> Made:
    level = rng.uniform(1.0, 40.0) * shape.level * (step / 3600.0) ** 0.5
    level = np.maximum(level, 0.05)
    raised = level + np.sqrt(level + 1.0) * _departure(rng, shape, plan, 1.0)
    return "count", _dipped(rng.poisson(np.maximum(raised, 0.0)).astype(float), plan), None


def _success(rng: np.random.Generator, shape: Shape, step: int, plan: Sequence[Planted]) -> Made:
    trials = rng.poisson(rng.uniform(100.0, 3000.0) * shape.level * (step / 3600.0) ** 0.5)
    share = rng.uniform(0.9, 0.995)
    departure = _departure(rng, shape, plan, -1.0)
    return "ratio", _share(rng, trials, share, departure), trials.astype(np.float64)


def _errors(rng: np.random.Generator, shape: Shape, _step: int, plan: Sequence[Planted]) -> Made:
    trials = rng.poisson(rng.uniform(4.0, 40.0) * shape.level)
    share = rng.uniform(0.01, 0.1)
    departure = _departure(rng, shape, plan, 1.0)
    return "ratio", _share(rng, trials, share, departure), trials.astype(np.float64)


def _latency(rng: np.random.Generator, shape: Shape, step: int, plan: Sequence[Planted]) -> Made:
    level = np.log(rng.uniform(20.0, 400.0)) + rng.uniform(0.0, 0.5) * shape.level
    disturbed = _disturbed(rng, shape, step, plan, sign=1.0)
    spread = rng.uniform(0.05, 0.2) / np.sqrt(np.maximum(shape.level, LEAST_PEOPLE))
    return "latency", np.exp(level + spread * disturbed), None


MAKERS: dict[str, Callable[..., Made]] = {
    "connections": _connections, "messages": _messages, "drops": _drops,
    "success": _success, "errors": _errors, "latency": _latency,
}  # fmt: skip


def _share(rng: np.random.Generator, trials: Ints, share: float, departure: Floats) -> Floats:
    sd = np.sqrt(share * (1.0 - share) * np.maximum(trials, 1) + 1.0) / np.maximum(trials, 1)
    successes = rng.binomial(trials, np.clip(share + sd * departure, 0.0, 1.0))
    return np.where(trials > 0, successes / np.maximum(trials, 1), np.nan)


def _plan(rng: np.random.Generator, shape: Shape, step: int, forms: Sequence[str]) -> list[Planted]:
    """Three to five incidents after two weeks, in parts of their own."""
    number = int(rng.integers(3, 6))
    edges = np.linspace(LEARNED_DAYS * 86_400 // step, len(shape.hour), number + 1).astype(int)
    plan: list[Planted] = []
    for first, last in pairwise(edges.tolist()):
        used = {each.form for each in plan}
        form = str(rng.choice([each for each in forms if each not in used or each not in ONCE]))
        hours = rng.uniform(*HOURS.get(form, (1.0, 12.0)))
        length = max(1, round(hours * 3600 / step))
        room = np.arange(first + (last - first) // 4, last - (last - first) // 2)
        if form == "dip at night":
            nights = room[(shape.hour[room] >= 1.0) & (shape.hour[room] < 3.0)]
            room = nights if len(nights) else room
        start = int(rng.choice(room))
        plan.append(Planted(form, start, start + length))
    return plan


def _departure(
    rng: np.random.Generator, shape: Shape, plan: Sequence[Planted], sign: float = 0.0
) -> Floats:
    """The planted deviations in spreads, of one sign if `sign` is not 0; bursts are left to
    `_disturbed`."""
    out = np.zeros(len(shape.hour))
    for each in plan:
        size = rng.uniform(3.0, 6.0) * (sign or rng.choice([-1.0, 1.0]))
        length = each.stop - each.start
        if each.form in ("shift", "spike"):
            out[each.start : each.stop] += size
        elif each.form == "new level":
            out[each.start :] += size
        elif each.form == "drift":
            out[each.start : each.stop] += size * np.linspace(0.2, 1.0, length)
    return out


def _disturbed(
    rng: np.random.Generator, shape: Shape, step: int, plan: Sequence[Planted], sign: float = 0.0
) -> Floats:
    """Noise and planted deviations in spreads, of one sign if `sign` is not 0."""
    usual = noise(rng, len(shape.hour), step)
    departure = _departure(rng, shape, plan, sign)
    for each in plan:
        if each.form == "burst":
            usual[each.start : each.stop] *= rng.uniform(3.0, 6.0)
    return usual + departure


def _dipped(values: Floats, plan: Sequence[Planted]) -> Floats:
    """Nothing at all through each outage at night."""
    for each in plan:
        if each.form == "dip at night":
            values[each.start : each.stop] = 0.0
    return values


def _freeze(values: Floats, plan: Sequence[Planted]) -> Floats:
    for each in plan:
        if each.form == "frozen":
            values[each.start : each.stop] = values[each.start]
    return values


def _lose(rng: np.random.Generator, values: Floats, plan: Sequence[Planted], step: int) -> None:
    """Gaps of up to a day, none within an incident."""
    busy = np.zeros(len(values), dtype=bool)
    for each in plan:
        busy[max(0, each.start - 6) : each.stop + 6] = True
    for _ in range(3):
        start = int(rng.integers(0, len(values)))
        gap = np.arange(start, min(start + int(rng.integers(1, 86_400 // step)), len(values)))
        if not busy[gap].any():
            values[gap] = np.nan


def _window(planted: Planted, points: int, incidents: int, step: int) -> tuple[int, int]:
    """As the benchmark's: a tenth of the series shared by its incidents, a quarter before."""
    width = max(int(WINDOW_SHARE * points / incidents), planted.stop - planted.start)
    first = max(0, planted.start - width // 4)
    after = AFTER_SECONDS // step
    return first, min(max(first + width, planted.stop + after) - 1, points - 1)
