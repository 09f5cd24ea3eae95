"""Incidents that scores find in labelled series, and false ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.anomalies.detection.severity import LEVELS

from .labelled import Floats, LabelledSeries
from .nab_score import PROFILES, best_score, points_of, probation, score_at

Detector = Callable[[LabelledSeries], Floats]
THRESHOLD = float(LEVELS[0])  # the score of a step that begins an incident in the product
SAME_INCIDENT_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Counts:
    """Of some series: labelled incidents, those found, false ones, and days judged."""

    labelled: int = 0
    detected: int = 0
    false: int = 0
    days: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.labelled + other.labelled, self.detected + other.detected,
            self.false + other.false, self.days + other.days,
        )  # fmt: skip

    @property
    def detected_share(self) -> float:
        """Of the labelled incidents."""
        return self.detected / self.labelled if self.labelled else float("nan")

    @property
    def false_per_day(self) -> float:
        """False incidents per series and day."""
        return self.false / self.days if self.days else float("nan")


def counts_of(
    series: LabelledSeries, scores: Floats, threshold: float, form: str | None = None
) -> Counts:
    """Steps at or above `threshold` up to twelve hours apart are one incident, a false one if none
    of them lies in a window. `form`: count only what was planted so, and nothing false."""
    start = probation(len(scores))
    steps = np.flatnonzero(scores >= threshold)
    steps = steps[steps >= start]
    windows = [
        window
        for window, planted in zip(series.windows, series.forms or [""] * 999, strict=False)
        if window[1] >= start and form in (None, planted)
    ]
    detected = sum(bool(((steps >= a) & (steps <= b)).any()) for a, b in windows)
    if form is not None:
        return Counts(len(windows), detected)
    is_inside = np.zeros(len(scores), dtype=np.bool)
    for a, b in series.windows:
        is_inside[a : b + 1] = True
    distances = np.diff(series.timestamps[steps])
    parts = np.split(is_inside[steps], np.flatnonzero(distances > SAME_INCIDENT_SECONDS) + 1)
    false = sum(not part.any() for part in parts if len(part))
    days = series.days * (1.0 - start / max(len(scores), 1))
    return Counts(len(windows), detected, false, days)


def total(counts: Sequence[Counts]) -> Counts:
    """All of them together."""
    return sum(counts, Counts())


def nab_scores(series: Sequence[LabelledSeries], scores: Sequence[Floats]) -> dict[str, float]:
    """The score of each profile at the threshold of incidents and at its best one, by name."""
    points = points_of([(each, s.windows) for each, s in zip(scores, series, strict=True)])
    rows: dict[str, float] = {}
    for profile in PROFILES:
        best, threshold = best_score(points, profile)
        rows[f"{profile.name} of incidents"] = score_at(points, profile, THRESHOLD)
        rows[f"{profile.name} at its best"] = best
        rows[f"{profile.name} best threshold"] = threshold
    return rows
