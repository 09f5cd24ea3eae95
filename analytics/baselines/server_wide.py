"""What a baseline of servers leaves out: gauges of whole processes in hours with a load test; pure.

Everything else of these hours stays: connections of load tests are in no other figure.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from analytics.baselines.reading import HourlyFigures
from analytics.query.arrays import Floats
from analytics.query.exposure import BY_PROCESS, OF_PROCESSES
from models.metrics.intervals import Interval

GAUGES = OF_PROCESSES | BY_PROCESS
LAG = "loop_lag"


def without_load_tests(figures: HourlyFigures, windows: Sequence[Interval]) -> HourlyFigures:
    """Without memory, open files, queued bytes and loop lag of the hours that `windows` touch."""
    hours = list(pairwise(figures.arrays.grid.edges))
    is_quiet = np.array([
        not any(start < until and since < end for since, until in windows) for start, end in hours
    ])  # fmt: skip
    if is_quiet.all():
        return figures

    def quiet(series: Floats) -> Floats:
        masked: Floats = series * is_quiet.reshape(1, -1, *(1,) * (series.ndim - 2))
        return masked

    arrays = figures.arrays
    sums, n = (
        {name: quiet(each) if name in GAUGES else each for name, each in series.items()}
        for series in (arrays.sums, arrays.n)
    )
    histograms = {
        name: each.map(quiet) if name == LAG else each for name, each in arrays.histograms.items()
    }
    return replace(figures, arrays=replace(arrays, sums=sums, n=n, histograms=histograms))
