"""How well the detector detects: `scripts/python -m scripts.bench.detector`.

On series of this field that are drawn at run time, with incidents planted in them, and on folders
of labelled files in the format of the Numenta Anomaly Benchmark (`--folder`, `--labels`): the
benchmark's score, incidents found and false ones, beside a windowed Gaussian and, with `--prophet`,
Prophet's own 99 % band. Then what a thousand series cost.
"""

import argparse
import math
import secrets
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analytics.anomalies.detection.detector import detect
from analytics.anomalies.detection.fit import judge
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.steps import History, Steps

from .detection.counting import THRESHOLD, Counts, Detector, counts_of, nab_scores, total
from .detection.labelled import Floats, LabelledSeries, read_folder
from .detection.rivals import prophet_band, windowed_gaussian
from .detection.synthetic import synthetic_set

COST_SERIES, COST_DAYS = 1000, 30
NIGHT = "dip at night"


def main(arguments: list[str]) -> int:
    """Draw, detect, score and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="of the synthetic set, 0 for none")
    parser.add_argument("--copies", type=int, default=2, help="series of each kind and step a run")
    parser.add_argument("--seed", type=int, help="of the first run; drawn if absent")
    parser.add_argument("--folder", type=Path, action="append", default=[], help="labelled files")
    parser.add_argument("--labels", type=Path, help="combined_windows.json, else in the folder")
    parser.add_argument("--prophet", action="store_true", help="fit Prophet in the first run too")
    parser.add_argument("--series", type=int, default=COST_SERIES, help="of the cost, 0 for none")
    options = parser.parse_args(arguments)
    for folder in options.folder:
        _folder(folder, options.labels)
    if options.runs:
        seed = options.seed if options.seed is not None else secrets.randbelow(2**31)
        _synthetic(options.runs, options.copies, seed, is_with_prophet=options.prophet)
    if options.series:
        _cost(options.series)
    return 0


def ours(series: LabelledSeries) -> Floats:
    """The scores of the detector."""
    return detect(
        series.timestamps, series.values, series.kind, trials=series.trials, zone=series.zone
    )


def _folder(folder: Path, labels: Path | None) -> None:
    series = read_folder(folder, labels)
    for name, detector in (("detector", ours), ("windowed Gaussian", windowed_gaussian)):
        start = time.process_time()
        scores = [detector(each) for each in series]
        seconds = (time.process_time() - start) / len(series)
        print(f"{folder}: {name}, {len(series)} files, {seconds:.2f} s each")
        for label, value in nab_scores(series, scores).items():
            print(f"  {label:28} {value:8.2f}")
        print("  incidents:", _sentence(_counts(series, scores)))


def _synthetic(runs: int, copies: int, seed: int, *, is_with_prophet: bool) -> None:
    print(f"synthetic series, {runs} runs from seed {seed}; medians of runs")
    figures: dict[str, list[float]] = defaultdict(list)
    for run in range(runs):
        series = synthetic_set(np.random.default_rng(seed + run), copies)
        for name, value in _figures(series, ours).items():
            figures[f"detector: {name}"].append(value)
        gaussian = nab_scores(series, [windowed_gaussian(each) for each in series])
        figures["windowed Gaussian: standard at its best"].append(gaussian["standard at its best"])
        if is_with_prophet and not run:
            scores = nab_scores(series, [prophet_band(each) for each in series])
            figures["Prophet's band, one run: standard"].append(scores["standard of incidents"])
    for name, values in figures.items():
        numbers = [value for value in values if not math.isnan(value)]
        middle, mean = statistics.median(numbers), statistics.fmean(numbers)
        print(f"  {name:50} {middle:9.3f}  (mean {mean:.3f})")


def _figures(series: Sequence[LabelledSeries], detector: Detector) -> dict[str, float]:
    scores = [detector(each) for each in series]
    rows = nab_scores(series, scores)
    rows["incidents found"] = _counts(series, scores).detected_share
    rows["nights' outages found"] = _counts(series, scores, form=NIGHT).detected_share
    rows["false per series and day"] = _counts(series, scores).false_per_day
    for kinds in (("gauge", "latency"), ("count", "ratio"), ("count",), ("ratio",)):
        part = [(each, s) for each, s in zip(series, scores, strict=True) if each.kind in kinds]
        counts = _counts([each for each, _ in part], [s for _, s in part])
        rows[f"false per series and day, {' and '.join(kinds)}"] = counts.false_per_day
    return rows


def _counts(
    series: Sequence[LabelledSeries], scores: Sequence[Floats], form: str | None = None
) -> Counts:
    pairs = zip(series, scores, strict=True)
    return total([counts_of(each, s, THRESHOLD, form) for each, s in pairs])


def _sentence(counts: Counts) -> str:
    return (
        f"{counts.detected} of {counts.labelled} incidents found, {counts.false} false ones,"
        f" {counts.false_per_day:.3f} per series and day"
    )


def _cost(series: int) -> None:
    """Processor seconds of the whole past of hourly series, and of one more step of each."""
    rng = np.random.default_rng(1)
    times = 1_780_272_000 + 3600 * np.arange(COST_DAYS * 24)
    daily = 100.0 + 50.0 * np.sin(times / 86_400.0 * 2.0 * np.pi)
    values = rng.poisson(np.tile(daily, (series, 1))).astype(np.float64)
    start = time.process_time()
    result = replay(History(Steps(times, values), SeriesKind.COUNT, 3600))
    fitted = time.process_time()
    judge(result.bands, result.memory, Steps(times[-1:] + 3600, values[:, :1]))
    judged = time.process_time()
    print(f"{series} hourly series: {COST_DAYS} days fitted and judged {fitted - start:.2f} s,")
    print(f"  their newest step judged {judged - fitted:.4f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
