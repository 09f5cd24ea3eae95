"""Sums that follow from others: what rates are per, levels over time, page loads; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from analytics.query.arrays import Arrays, Floats, key_of
from analytics.query.formula import STATES
from analytics.ranges.timerange import TimeRange

# What each of them is computed from: sums, and kinds of histograms.
DERIVED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **dict.fromkeys(("reports", "samples", "sessions", "calm_sessions", "elapsed_ms"), ((), ())),
    **dict.fromkeys(("page_load_ms", "page_load_ms_n"), ((), ("page_load",))),
    **dict.fromkeys(("covered_ms", "covered_in_step_ms"), ((), ())),
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
PEAKS = ("cpu_ms", "cpu_us", "sampled_us")  # read with the peaks of each process
MILLISECOND = timedelta(milliseconds=1)


def base_sums(names: Iterable[str]) -> tuple[str, ...]:
    """The sums to read for `names`."""
    parts = (DERIVED[name][0] if name in DERIVED else (name,) for name in names)
    return tuple(sorted({base for part in parts for base in part}))


def base_durations(names: Iterable[str]) -> tuple[str, ...]:
    """The kinds of histograms to read for the sums `names`."""
    return tuple(sorted({base for name in names if name in DERIVED for base in DERIVED[name][1]}))


def of_browsers(arrays: Arrays, window: TimeRange, now: datetime) -> Arrays:
    """With `reports`, `elapsed_ms` of each step, and page loads."""
    elapsed, span = _elapsed_ms(arrays, window, now)
    more: dict[str, Floats] = {"reports": arrays.observed, "elapsed_ms": elapsed}
    counted: dict[str, Floats] = {}
    if (loads := arrays.histograms.get("page_load")) is not None:
        more |= {"page_load_ms": loads.sums_us / 1000, "page_load_ms_n": loads.counts.sum(axis=2)}
        counted["page_load_ms_n"] = loads.n
    return replace(
        arrays,
        sums={**arrays.sums, **more},
        n={**arrays.n, **counted, "reports": arrays.observed},
        totals={**arrays.totals, "elapsed_ms": span},
    )


def of_servers(arrays: Arrays) -> Arrays:
    """With `samples`, the time they cover (`covered_in_step_ms`: at most the step), and levels
    times milliseconds."""
    first, latest = arrays.extremes["first_us"], arrays.extremes["latest_us"]
    covered = np.nan_to_num(latest - first) / 1000
    lengths = np.array([(end - start) / MILLISECOND for start, end in _steps(arrays)])
    more = {
        "samples": arrays.observed, "covered_ms": covered,
        "covered_in_step_ms": np.minimum(covered, lengths),
    }  # fmt: skip
    more |= {
        f"{name}_ms": arrays.sums[f"{name}_us"] / 1000
        for name in _LEVELS
        if f"{name}_us" in arrays.sums
    }
    return replace(arrays, sums={**arrays.sums, **more})


def with_processes(arrays: Arrays, of_processes: Arrays) -> Arrays:
    """`arrays` of apps joined with those of processes, which have the same labels without the app:
    every app of a service has the figures of its processes."""
    names = set(of_processes.labels[0]) if of_processes.labels else set()
    rows, labels = of_processes.rows, list(arrays.labels)
    index = [rows.get(key_of({n: each[n] for n in names}), -1) for each in labels]
    if all(set(each) == names for each in labels):
        missing = [row for row in range(len(of_processes.labels)) if row not in index]
        labels += [of_processes.labels[row] for row in missing]
        index += missing

    def own(series: Floats) -> Floats:
        added = len(labels) - len(series)
        return np.concatenate([series, np.zeros((added, *series.shape[1:]))])

    def joined(series: Floats) -> Floats:
        return np.concatenate([series, np.zeros((1, *series.shape[1:]))])[index]

    latest = [at for at in (arrays.latest, of_processes.latest) if at is not None]
    return replace(
        arrays,
        labels=labels,
        observed=own(arrays.observed),
        sums={n: own(s) for n, s in arrays.sums.items()}
        | {n: joined(s) for n, s in of_processes.sums.items() if n in OF_PROCESSES}
        | {"process_samples": joined(of_processes.observed)},
        n={n: own(s) for n, s in arrays.n.items()}
        | {n: joined(s) for n, s in of_processes.n.items()},
        extremes={n: own(s) for n, s in arrays.extremes.items()},
        histograms={n: h.map(own) for n, h in arrays.histograms.items()}
        | {n: h.map(joined) for n, h in of_processes.histograms.items()},
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


def _steps(arrays: Arrays) -> Iterable[tuple[datetime, datetime]]:
    return zip(arrays.grid.edges, arrays.grid.edges[1:], strict=False)


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
