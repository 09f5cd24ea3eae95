"""Sums that follow from others: what rates are per, levels over time, page loads; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import ACTIVE, STATES
from analytics.ranges.timerange import TimeRange

# What each of them is computed from: sums, and kinds of histograms.
DERIVED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **dict.fromkeys(("reports", "samples", "sessions", "calm_sessions", "elapsed_ms"), ((), ())),
    **dict.fromkeys(("page_load_ms", "page_load_ms_n"), ((), ("page_load",))),
    **dict.fromkeys(("covered_ms", "covered_in_step_ms", ACTIVE), ((), ())),
    **dict.fromkeys((*STATES, "heard_sessions", "state_minutes"), ((), ())),
    "connection_ms": (("connection_us",), ()),
    "room_ms": (("room_us",), ()),
    "member_ms": (("member_us",), ()),
}
_LEVELS = ("connection", "room", "member")
# Read of processes, whatever their apps; the latter of each process by itself.
OF_PROCESSES = frozenset(
    {"process_samples", "memory_bytes", "memory_bytes_n", "descriptors", "descriptors_n",
     "outbox_bytes", "outbox_bytes_n", "outbox_byte_us", "outbox_us", "outbox_samples"}
)  # fmt: skip
BY_PROCESS = frozenset(
    {"process_memory_bytes", "memory_bytes_us", "memory_bytes_samples",
     "process_descriptors", "descriptors_us", "descriptors_samples"}
)  # fmt: skip
OF_STATES = ("heard_sessions", *sorted(STATES))
PEAKS = ("cpu_ms", "cpu_us", "sampled_us")  # read with the peaks of each process
MILLISECOND, MINUTE = timedelta(milliseconds=1), timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def base_sums(names: Iterable[str]) -> tuple[str, ...]:
    """The sums to read for `names`."""
    parts = (DERIVED[name][0] if name in DERIVED else (name,) for name in names)
    return tuple(sorted({base for part in parts for base in part}))


def base_durations(names: Iterable[str]) -> tuple[str, ...]:
    """The kinds of histograms to read for the sums `names`."""
    return tuple(sorted({base for name in names if name in DERIVED for base in DERIVED[name][1]}))


def of_browsers(
    arrays: Arrays, needed: Collection[str], window: TimeRange, now: datetime
) -> Arrays:
    """With `reports`, `elapsed_ms` of each step, and page loads, as far as `needed`."""
    more, n = {"reports": arrays.observed}, {"reports": arrays.observed}
    totals: dict[str, Floats] = {}
    if "elapsed_ms" in needed:
        more["elapsed_ms"], totals["elapsed_ms"] = _elapsed_ms(arrays, window, now)
    if (loads := arrays.histograms.get("page_load")) is not None:
        more |= {"page_load_ms": loads.sums_us / 1000, "page_load_ms_n": loads.counts.sum(axis=2)}
        n["page_load_ms_n"] = loads.n
    return replace(
        arrays,
        sums={**arrays.sums, **more},
        n={**arrays.n, **n},
        totals={**arrays.totals, **totals},
    )


def with_state_minutes(arrays: Arrays, now: datetime) -> Arrays:
    """With the number of minutes that end within each step until `now` and in which sessions were
    heard."""
    until = max(now, arrays.grid.start)
    ended = np.array([(min(edge, until) - EPOCH) // MINUTE for edge in arrays.grid.edges])
    heard = arrays.sums["heard_sessions"] > 0
    return arrays.with_sums(state_minutes=np.where(heard, np.diff(ended), 0.0))


def of_servers(arrays: Arrays, needed: Collection[str]) -> Arrays:
    """With `samples`, the time they cover (`covered_in_step_ms`: at most the step), and levels
    times milliseconds."""
    covered = np.nan_to_num(arrays.extremes["latest_us"] - arrays.extremes["first_us"]) / 1000
    more = {"samples": arrays.observed, "covered_ms": covered}
    if "covered_in_step_ms" in needed:
        lengths = [(end - start) / MILLISECOND for start, end in pairwise(arrays.grid.edges)]
        more["covered_in_step_ms"] = np.minimum(covered, np.array(lengths))
    more |= {
        f"{name}_ms": arrays.sums[f"{name}_us"] / 1000
        for name in _LEVELS
        if f"{name}_us" in arrays.sums
    }
    return arrays.with_sums(**more)


def with_processes(arrays: Arrays, of_processes: Arrays) -> Arrays:
    """`arrays` of apps joined with those of processes, which have the same labels without the app:
    every app of a service has the figures of its processes."""
    names = set(of_processes.labels[0]) if of_processes.labels else set()
    labels = list(arrays.labels)
    if all(set(each) == names for each in labels):
        labels += [each for each in of_processes.labels if each not in labels]
    own = arrays.aligned(labels)
    joined = of_processes.aligned([{name: each[name] for name in names} for each in labels])
    latest = [at for at in (arrays.latest, of_processes.latest) if at is not None]
    return replace(
        own,
        sums={**own.sums, **joined.sums, "process_samples": joined.observed},
        n={**own.n, **joined.n},
        histograms={**own.histograms, **joined.histograms},
        latest=max(latest, default=None),
    )


def levels_of_processes(processes: Arrays) -> dict[str, Floats]:
    """Memory and open files of all processes together: the sum of peak times presence of each, and
    the longest presence as its exposure (label sets 1)."""
    cpu, sampled = processes.sums["cpu_us"], processes.sums["sampled_us"]
    present = np.where(cpu > 0, cpu, sampled)
    sums: dict[str, Floats] = {}
    for name in ("memory_bytes", "descriptors"):
        peaks = processes.extremes[f"peak_{name}"]
        measured = np.where(np.isnan(peaks), 0.0, present)
        sums[f"process_{name}"] = (np.nan_to_num(peaks) * measured).sum(axis=0, keepdims=True)
        sums[f"{name}_us"] = measured.max(axis=0, keepdims=True, initial=0.0)
        counted = np.where(np.isnan(peaks), 0.0, processes.observed)
        sums[f"{name}_samples"] = counted.sum(axis=0, keepdims=True)
    return sums


def _elapsed_ms(arrays: Arrays, window: TimeRange, now: datetime) -> tuple[Floats, Floats]:
    """The part of each step that lies in the range and has passed, and from the first to the last
    step with reports."""
    until = max(min(window.end, now), window.start + timedelta(microseconds=1))
    starts = [max(start, window.start) for start in arrays.grid.edges[:-1]]
    ends = [min(end, until) for end in arrays.grid.edges[1:]]
    lengths = [(end - start) / MILLISECOND for start, end in zip(starts, ends, strict=True)]
    elapsed = np.tile(np.array(lengths), (len(arrays.labels), 1))
    spans = []
    for observed in arrays.observed:
        steps = np.flatnonzero(observed)
        span = (ends[steps[-1]] - starts[steps[0]]) / MILLISECOND if len(steps) else 0.0
        spans.append([span])
    return elapsed, np.array(spans).reshape(len(arrays.labels), 1)
