"""Going through a history day by day, as the detector did at the time.

Each local day is judged with what was fitted to the days before it, so that the residuals which
bands are calibrated on are one step out, and a verdict never depends on what came later.
"""

from dataclasses import dataclass, fields

import numpy as np

from .bands import Bands, Memory
from .calibration import CALIBRATION_DAYS
from .clock import day_slices
from .fitting import Past, fitted
from .judging import judged
from .steps import History, Verdicts
from .usual_hour import USUAL_DAYS

HISTORY_DAYS = CALIBRATION_DAYS + USUAL_DAYS


@dataclass(frozen=True, slots=True)
class Replay:
    """The verdicts on a history, each by bands of the days before; the bands and memory after."""

    bands: Bands
    memory: Memory
    verdicts: Verdicts


def replay(history: History) -> Replay:
    """Judge the local days of `history` in turn, fitting before each to what was before it.
    ValueError for a history without steps."""
    if not len(history.steps.timestamps):
        raise ValueError("a history without steps")
    past, memory, parts = Past(history), Memory.empty(len(history.steps.values)), []
    for span in day_slices(past.clock.day):
        clock = past.clock.sliced(span)
        bands = fitted(past, memory, span.start, int(clock.day[0]))
        result = judged(bands, memory, history.steps.sliced(span.start, span.stop), clock)
        past.note(span, clock, result)
        memory = result.memory
        parts.append(result.verdicts)
    end = len(history.steps.timestamps)
    bands = fitted(past, memory, end, int(past.clock.day[-1]) + 1)
    return Replay(bands, memory, joined(parts))


def joined(parts: list[Verdicts]) -> Verdicts:
    """Verdicts on the steps of all `parts` in turn."""
    names = [field.name for field in fields(Verdicts)]
    return Verdicts(
        **{name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in names}
    )
