"""The score of the Numenta Anomaly Benchmark, of its published formula.

Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", ICMLA 2015: the earliest
detection within a labelled window counts by a scaled sigmoid of its place in the window, each
detection outside costs by its distance from the window before, a window without detection costs
one; 0 is a detector that detects nothing, 100 a perfect one. The first 15 % of a file, at most 750
points, are not judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .labelled import Floats, Ints

PROBATION, LONGEST_PROBATION = 0.15, 750
FARTHEST = 3.0  # window lengths behind a window, from where a false detection costs all


@dataclass(frozen=True, slots=True)
class Profile:
    """What a detection, a false one and a missed window weigh."""

    name: str
    hit: float
    false: float
    miss: float


PROFILES = (
    Profile("standard", 1.0, 0.11, 1.0),
    Profile("low FP", 1.0, 0.22, 1.0),
    Profile("low FN", 1.0, 0.11, 2.0),
)


@dataclass(frozen=True, slots=True)
class ScoredPoints:
    """The judged points of a corpus: `scores` of the detector, `rewards` by the sigmoid (of windows
    0 to 1, of others -1 to 0), `window` of each in the corpus, -1 outside; `windows` in all."""

    scores: Floats
    rewards: Floats
    window: Ints
    windows: int


def probation(points: int) -> int:
    """How many points at the start of a file are not judged."""
    return min(int(PROBATION * points), LONGEST_PROBATION)


def points_of(series: Sequence[tuple[Floats, Sequence[tuple[int, int]]]]) -> ScoredPoints:
    """The judged points of files: scores and windows (first and last index) of each."""
    scores, rewards, window, windows = [], [], [], 0
    for file_scores, spans in series:
        start = probation(len(file_scores))
        reward, which = _rewards(len(file_scores), spans)
        judged = sorted(set(which[start:].tolist()) - {-1})
        numbers = {old: windows + new for new, old in enumerate(judged)}
        windows += len(judged)
        scores.append(np.asarray(file_scores)[start:])
        rewards.append(reward[start:])
        window.append(np.array([numbers.get(each, -1) for each in which[start:].tolist()], int))
    return ScoredPoints(
        np.concatenate(scores), np.concatenate(rewards), np.concatenate(window), windows
    )


def score_at(points: ScoredPoints, profile: Profile, threshold: float) -> float:
    """The normalised score with detections where the score is at or above `threshold`."""
    detected = points.scores >= threshold
    best = np.full(points.windows, -profile.miss)
    inside = detected & (points.window >= 0)
    np.maximum.at(best, points.window[inside], points.rewards[inside] * profile.hit)
    false = points.rewards[detected & (points.window < 0)].sum() * profile.false
    return _normalised(best.sum() + false, points.windows, profile)


def best_score(points: ScoredPoints, profile: Profile) -> tuple[float, float]:
    """The highest score over all thresholds, and its threshold: the benchmark's own procedure."""
    order = np.argsort(-points.scores, kind="stable")
    scores, window, rewards = points.scores[order], points.window[order], points.rewards[order]
    gains = np.where(window < 0, rewards * profile.false, 0.0)
    best = np.full(points.windows, -profile.miss)
    for i in np.flatnonzero(window >= 0).tolist():
        reward = rewards[i] * profile.hit
        gains[i] = max(reward - best[window[i]], 0.0)
        best[window[i]] = max(best[window[i]], reward)
    totals = -profile.miss * points.windows + np.cumsum(gains)
    is_last = np.append(scores[1:] != scores[:-1], True)
    ends = np.flatnonzero(is_last)
    top = ends[np.argmax(totals[ends])]
    nothing = -profile.miss * points.windows
    if totals[top] < nothing:
        return _normalised(nothing, points.windows, profile), 1.1
    return _normalised(float(totals[top]), points.windows, profile), float(scores[top])


def _rewards(points: int, spans: Sequence[tuple[int, int]]) -> tuple[Floats, Ints]:
    rewards, window = np.full(points, -1.0), np.full(points, -1, dtype=np.int64)
    largest = _sigmoid(np.array([-1.0]))[0]
    for number, (first, last) in enumerate(spans):
        width = last - first + 1
        behind = np.arange(points - last - 1) + 1
        rewards[last + 1 :] = _sigmoid(behind / max(width - 1, 1))
        inside = np.arange(first, last + 1)
        rewards[inside] = _sigmoid(-(last - inside + 1) / width) / largest
        window[inside] = number
    return rewards, window


def _sigmoid(position: Floats) -> Floats:
    """2 / (1 + e^(5 x)) - 1 of a place relative to a window's end, in window lengths."""
    value = 2.0 / (1.0 + np.exp(5.0 * np.minimum(position, FARTHEST))) - 1.0
    return np.where(position > FARTHEST, -1.0, value)


def _normalised(total: float, windows: int, profile: Profile) -> float:
    nothing, perfect = -profile.miss * windows, profile.hit * windows
    return 100.0 * (total - nothing) / (perfect - nothing) if windows else 0.0
