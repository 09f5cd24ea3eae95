"""The figures of a baseline as stored: what its hours hold, compressed; pure.

A month of browsers is about 60 sums and 5 histograms an hour: 2 MB, which compress to a third.
"""

import zlib
from datetime import datetime

import msgspec
import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.stats.histograms import Histograms
from analytics.stats.merging import counts_of, packed_of
from models.metrics.grid import Grid

HOUR_SECONDS = 3600
FORM = 1  # of what is stored; another is not read
LARGEST_BYTES = 64_000_000  # of cells that are unpacked


class UnreadableCells(ValueError):
    """The cells of a baseline are of another form, or damaged."""


class _Durations(msgspec.Struct, frozen=True):
    """Histograms of hours: packed pairs, numbers of durations, their sums in microseconds."""

    counts: list[bytes]
    n: bytes
    sums_us: bytes


class _Cells(msgspec.Struct, frozen=True, kw_only=True):
    """Arrays of hours as bytes of 64-bit floats, by name."""

    form: int
    observed: bytes
    sums: dict[str, bytes]
    n: dict[str, bytes]
    durations: dict[str, _Durations]


def packed_cells(arrays: Arrays) -> bytes:
    """The hours of the first label set of `arrays`."""
    cells = _Cells(
        form=FORM,
        observed=_bytes_of(arrays.observed),
        sums={name: _bytes_of(series) for name, series in arrays.sums.items()},
        n={name: _bytes_of(series) for name, series in arrays.n.items()},
        durations={name: _durations_of(each) for name, each in arrays.histograms.items()},
    )
    return zlib.compress(msgspec.msgpack.encode(cells), 6)


def unpacked_cells(packed: bytes, start: datetime) -> Arrays:
    """The hours from `start` on, of the one label set {}. Raises `UnreadableCells`."""
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(packed, LARGEST_BYTES)
        cells = msgspec.msgpack.decode(content, type=_Cells)
        if cells.form != FORM or reader.unconsumed_tail:
            raise UnreadableCells("these cells are of another form")
        observed = _row(cells.observed)
        return Arrays(
            labels=[{}],
            grid=Grid.uniform(start, HOUR_SECONDS, observed.shape[1]),
            observed=observed,
            sums={name: _row(series) for name, series in cells.sums.items()},
            n={name: _row(series) for name, series in cells.n.items()},
            histograms={name: _histograms(each) for name, each in cells.durations.items()},
        )
    except (zlib.error, msgspec.DecodeError, ValueError) as fault:
        raise UnreadableCells(str(fault)) from fault


def _durations_of(histograms: Histograms) -> _Durations:
    counts = np.rint(histograms.counts[0]).astype(np.int64)
    return _Durations(
        [packed_of(each) for each in counts],
        _bytes_of(histograms.n),
        _bytes_of(histograms.sums_us),
    )


def _histograms(durations: _Durations) -> Histograms:
    counts = np.stack([counts_of(each) for each in durations.counts]).astype(np.float64)
    return Histograms(counts[None], _row(durations.n), _row(durations.sums_us))


def _bytes_of(series: Floats) -> bytes:
    return bytes(series[0].astype(np.float64).tobytes())


def _row(series: bytes) -> Floats:
    """(1, hours)."""
    return np.frombuffer(series, dtype=np.float64)[None]
