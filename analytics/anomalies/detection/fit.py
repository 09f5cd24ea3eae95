"""Bands fitted to the past, and verdicts on the steps after it: what the job calls."""

from .bands import Bands, Memory
from .clock import wall_clock
from .judging import judged
from .replay import replay
from .steps import History, Steps, Verdicts


def fit(history: History) -> Bands:
    """The bands for the steps that follow `history`; see `Bands`."""
    return replay(history).bands


def judge(bands: Bands, memory: Memory, steps: Steps) -> tuple[Verdicts, Memory]:
    """The verdicts on `steps`, which follow what `memory` ends with, and the memory after them."""
    result = judged(bands, memory, steps, wall_clock(steps.timestamps, bands.zone, bands.holidays))
    return result.verdicts, result.memory
