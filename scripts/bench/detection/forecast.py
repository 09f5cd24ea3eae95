"""What Prophet costs on a core: `scripts/python -m scripts.bench.detection.forecast`.

Simulated hourly counts of six weeks, compared on the last week and fitted again where Prophet was
better, as every night. CPU time of the child and of Stan, which it starts, beside the time passed:
on a busy machine only the first says what a core can do. At most 30 s for 200 series.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from analytics.anomalies.detection.clock import wall_clock
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.steps import Floats, History, Ints, Steps
from analytics.anomalies.forecast.expectation import Expectation
from analytics.anomalies.forecast.expectations import expectations
from analytics.anomalies.forecast.prophet_process import prophet_process

HOUR, DAYS, AHEAD_HOURS = 3600, 42, 36
START = 1_790_000_000 // 86_400 * 86_400
ZONE = ZoneInfo("Europe/Berlin")
LONGEST_SECONDS = 900.0


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="drawn, if not set")
    options = parser.parse_args(arguments)
    history = simulated(options.series, np.random.default_rng(options.seed))
    ahead = history.steps.timestamps[-1] + HOUR * np.arange(1, AHEAD_HOURS + 1)
    before, started = os.times(), time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="wsmon-bench-") as folder,
        prophet_process(Path(folder), LONGEST_SECONDS) as process,
    ):
        results = expectations(history, ahead, process)
    after, passed = os.times(), time.monotonic() - started
    child = after.children_user + after.children_system
    child -= before.children_user + before.children_system
    parent = after.user + after.system - before.user - before.system
    print(f"{options.series} series: {_methods(results)}")
    print(f"Prophet {child:.1f} s of CPU, the rest {parent:.1f} s; {passed:.1f} s passed")
    return 0


def simulated(series: int, generator: np.random.Generator) -> History:
    """Hourly counts with the days and weeks of offices, [series, 1008], no two alike."""
    times: Ints = START + HOUR * np.arange(DAYS * 24)
    clock = wall_clock(times, ZONE)
    peak, width = generator.uniform(8, 20, (series, 1)), generator.uniform(3, 7, (series, 1))
    day: Floats = np.exp(-0.5 * ((clock.hour - peak) / width) ** 2) + 0.05
    level = 10.0 ** generator.uniform(1, 4, (series, 1))
    off = np.where(clock.off == 1, generator.uniform(0.2, 1.2, (series, 1)), 1.0)
    noise = np.exp(generator.normal(0.0, 0.1, (series, len(times))))
    counts = generator.poisson(level * day * off * noise).astype(np.float64)
    return History(Steps(times, counts), SeriesKind.COUNT, HOUR, ZONE)


def _methods(results: list[Expectation]) -> str:
    counts = Counter(each.method.value for each in results)
    return ", ".join(f"{count} by {method}" for method, count in counts.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
