"""What is usual in a series of this field, without incidents: days, weeks, holidays, noise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .labelled import Floats, Ints

START = 1_773_100_800  # 2026-03-10: the clock of Berlin changes on the twentieth day
ZONES = ("Europe/Berlin", "America/Sao_Paulo")


@dataclass(frozen=True, slots=True)
class Shape:
    """The usual level of each step around 1, its local hour, and the zone people live by."""

    timestamps: Ints
    level: Floats
    hour: Floats
    zone: str


def usual_shape(rng: np.random.Generator, days: int, step: int, zone: str) -> Shape:
    """A daily shape with a quiet night, another at weekends, a holiday in most, and a slow drift of
    up to a quarter over the whole."""
    times = START + np.arange(days * 86_400 // step, dtype=np.int64) * step
    day, hour = _local(times, zone)
    weekend = (day + 3) % 7 >= 5
    holiday = day == day[0] + int(rng.integers(15, 2 * days))
    free = weekend | holiday
    night, peak = rng.uniform(0.05, 0.35), rng.uniform(11.0, 17.0)
    swing = (1.0 + np.cos((hour - peak) * np.pi / 12.0)) / 2.0
    second = rng.uniform(0.0, 0.3) * np.exp(-(((hour - peak - 5.0) / 1.5) ** 2))
    shape = night + (1.0 - night) * swing ** rng.uniform(0.8, 2.0) + second
    shape = np.where(free, night + (shape - night) * rng.uniform(0.3, 1.0), shape)
    drift = np.exp(rng.uniform(-0.25, 0.25) * np.linspace(0.0, 1.0, len(times)))
    return Shape(times, shape * drift, hour, zone)


def noise(rng: np.random.Generator, points: int, step: int) -> Floats:
    """Noise of unit standard deviation whose neighbours resemble each other more or less, with
    tails heavier than the normal's in half of the series."""
    carry = rng.uniform(0.0, 0.6) ** (step / 3600.0) if rng.random() < 0.7 else 0.0
    degrees = rng.choice([5.0, 30.0])
    shocks = rng.standard_t(degrees, points) / np.sqrt(degrees / (degrees - 2.0))
    shocks *= np.sqrt(1.0 - carry**2)
    out = np.empty(points)
    last = 0.0
    for i, shock in enumerate(shocks.tolist()):
        last = carry * last + shock
        out[i] = last
    return out


def _local(times: Ints, zone: str) -> tuple[Ints, Floats]:
    hours = times // 3600
    unique, index = np.unique(hours, return_inverse=True)
    local = ZoneInfo(zone)
    offsets = np.array([_offset(int(each) * 3600, local) for each in unique])[index]
    shifted = times + offsets
    return shifted // 86_400, (shifted % 86_400) / 3600.0


def _offset(second: int, zone: ZoneInfo) -> int:
    return int((datetime.fromtimestamp(second, zone).utcoffset() or timedelta()).total_seconds())
