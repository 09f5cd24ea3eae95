"""Verdicts on the steps after those that bands were fitted to."""

from .bands import Bands, Memory
from .clock import wall_clock
from .judging import judged
from .steps import Steps, Verdicts


def judge(bands: Bands, memory: Memory, steps: Steps) -> tuple[Verdicts, Memory]:
    """The verdicts on `steps`, which follow what `memory` ends with, and the memory after them."""
    result = judged(bands, memory, steps, wall_clock(steps.timestamps, bands.zone, bands.holidays))
    return result.verdicts, result.memory
