"""Invented people by country, browser, release and network, with a planted change."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from analytics.anomalies.explain.candidates import Slices
from analytics.anomalies.explain.table import Table
from analytics.query.arrays import Floats

VALUES = {
    "country": {"US": 0.4, "DE": 0.3, "BR": 0.2, "IN": 0.1},
    "browser": {"Chrome": 0.6, "Safari": 0.3, "Firefox": 0.1},
    "release": {"2.4.0": 0.6, "2.4.1": 0.4},
    "effective_type": {"4g": 0.85, "3g": 0.15},
}
WINDOWS = 4
RATE = 0.02


def planted(
    slice_: Mapping[str, str] | None = None,
    times: float = 1.0,
    *,
    people: float = 20_000,
    seed: int = 1,
    more: Mapping[str, float] | None = None,
    rates: Mapping[str, float] | None = None,
    is_ratio: bool = False,
) -> Slices:
    """Events at `RATE` (times `rates` of its country), in the last window `times` as many in
    `slice_`; there are `more` times as many people of some countries then."""
    rng = np.random.default_rng(seed)
    labels = [dict(zip(VALUES, each, strict=True)) for each in product(*VALUES.values())]
    n, bad = np.empty((2, len(labels), WINDOWS + 1))
    for row, each in enumerate(labels):
        share = np.prod([VALUES[name][value] for name, value in each.items()])
        expected: Floats = np.full(WINDOWS + 1, people * share)
        expected[-1] *= (more or {}).get(each["country"], 1.0)
        n[row] = rng.poisson(expected)
        rate = np.full(WINDOWS + 1, RATE * (rates or {}).get(each["country"], 1.0))
        if slice_ is not None and slice_.items() <= each.items():
            rate[-1] *= times
        bad[row] = rng.poisson(n[row] * rate)
    cube = Table(
        dimensions=tuple(VALUES), labels=labels, bad=bad, n=n, sessions=n[:, -1] / 4
    )  # fmt: skip
    singles = [cube.by((name,)) for name in VALUES]
    return Slices(total=cube.total(), singles=singles, cube=cube, is_ratio=is_ratio)
