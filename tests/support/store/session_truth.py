"""Sessions summed up by pandas from raw rows, and random reports of a few sessions."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pandas as pd

from models.database.engine import Database
from models.metrics.dimensions import SEGMENTS
from models.metrics.histogram import MIDDLE_US
from models.metrics.histogram_codec import iter_pairs
from models.raw.client_reports import ClientReport
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

BINS_SECONDS = 600
MS = timedelta(milliseconds=1)
COLUMNS = (
    *("session_id", "period_start", "period_end", *SEGMENTS, "lost", "drops", "open_ms"),
    *("downtime_ms", "downtime_hidden_ms", "silent_ms", "sent", "received", "errors"),
    *("ux_errors", "interactions", "longest_silence_ms", "page_load_ms", "lcp_ms", "inp_ms"),
    *("cls", "latency", "setup", "sample_rate"),
)
ADDED = ("open_ms", "visible_ms", "drops", "downtime_ms", "errors", "ux_errors", "interactions")
LARGEST = ("longest_silence_ms", "page_load_ms", "lcp_ms", "inp_ms", "cls")


def random_reports(seed: int, until: datetime = NOON, sessions: int = 9) -> list[ClientReport]:
    """Reports of sessions with one to eight periods of five seconds to half an hour each, which
    ended an hour before `until` or up to two days earlier; some before monitor 2.0."""
    rng = np.random.default_rng(seed)
    reports = []
    for _ in range(sessions):
        at = until - timedelta(hours=5) - timedelta(milliseconds=int(rng.integers(0, 172_800_000)))
        session, rate = UUID(bytes=rng.bytes(16), version=4), float(rng.choice([1.0, 0.3]))
        is_old = rng.random() < 0.2
        for _ in range(int(rng.integers(1, 9))):
            length = timedelta(milliseconds=int(rng.integers(0, 1_800_000)))
            each = _random_report(rng, session, at, at + length, is_old=is_old, rate=rate)
            reports.append(each)
            at += length if rng.random() < 0.5 else length // (2 * MS) * MS  # of two endpoints
    return reports


def expected_sessions(database: Database) -> pd.DataFrame:
    """The sessions of all raw rows: a row by session id, columns as those of `SessionTable`, ages
    as lists by bin."""
    names = ", ".join(COLUMNS)
    query = f"SELECT {names} FROM client_reports WHERE automated IS NULL"
    frame = pd.DataFrame(rows(database, query), columns=list(COLUMNS))
    frame["visible_ms"] = (
        frame.open_ms + frame.downtime_ms - frame.downtime_hidden_ms.astype(float).fillna(0)
    )
    return pd.DataFrame(
        {str(session): _summed(each) for session, each in frame.groupby("session_id")}
    ).T


def _summed(each: pd.DataFrame) -> dict[str, object]:
    start, judged = each.period_start.min(), each[each.lost.notna()]
    dropped = each[each.drops > 0]
    watched = (judged.period_end - judged.period_start) / MS
    summed: dict[str, object] = {
        "start": int(start.timestamp()),
        "weight": 1 / each.sample_rate.min(),
        "length_ms": (each.period_end.max() - start) / MS,
        "messages": (each.sent + each.received).sum(),
        "judged_ms": watched.sum(),
        "without_connection_ms": (judged.downtime_ms + judged.silent_ms).sum()
        if watched.sum() >= 1
        else np.nan,
        "first_drop_ms": (dropped.period_end.min() - start) / MS if len(dropped) else np.nan,
        **{name: each[name].sum() for name in ADDED},
        **{name: each[name].astype(float).max() for name in LARGEST},
        **{name: next(iter(each[name].mode()), "unknown") for name in SEGMENTS},
    }  # fmt: skip
    for name in ("latency", "setup"):
        summed[f"{name}_n"], summed[f"{name}_p95_ms"] = _p95(each[name])
    return summed | _by_age(each, start)


def _p95(packed: "pd.Series[bytes]") -> tuple[int, float]:
    pairs = [pair for blob in packed for pair in iter_pairs(bytes(blob))]
    values = sorted(bucket for bucket, count in pairs for _ in range(count))
    if not values:
        return 0, np.nan
    bucket = values[int(np.ceil(0.95 * len(values))) - 1]
    return len(values), round(float(MIDDLE_US[bucket]) / 1000, 2)


def _by_age(each: pd.DataFrame, start: pd.Timestamp) -> dict[str, object]:
    """Each report cut at the bounds of the bins, in whole numbers that add up to it."""
    length = (each.period_end.max() - start) / MS
    bins = int(np.clip(np.ceil(length / (BINS_SECONDS * 1000)), 1, 144))
    names = ("interactions", "ux_errors", "drops", "open_ms", "visible_ms")
    sums = {name: np.zeros(bins) for name in names}
    for row in each.itertuples():
        begin, end = ((at - start) / MS for at in (row.period_start, row.period_end))
        at_bin = int(min(begin, max(end - 1, 0)) // 600_000)
        while at_bin < bins and (at_bin * 600_000 < end or begin == end):
            low = max(at_bin * 600_000, begin) - begin
            high = min((at_bin + 1) * 600_000, end) - begin
            for name in names:
                amount = int(getattr(row, name))
                part = amount if begin == end else _part(amount, high, end - begin) - _part(
                    amount, low, end - begin
                )  # fmt: skip
                sums[name][at_bin] += part
            if begin == end:
                break
            at_bin += 1
    return {f"age_{name}": values for name, values in sums.items()}


def _part(amount: int, elapsed: float, length: float) -> int:
    return amount * int(elapsed) // int(length)


def _random_report(
    rng: np.random.Generator,
    session: UUID,
    begin: datetime,
    end: datetime,
    *,
    is_old: bool,
    rate: float,
) -> ClientReport:
    length = round((end - begin) / MS)
    down = int(rng.integers(0, length + 1))
    n = int(rng.integers(0, 4))
    gauges = {
        name: int(rng.integers(1, 9000)) if rng.random() < 0.4 else None
        for name in ("longest_silence_ms", "page_load_ms", "lcp_ms", "inp_ms")
    }
    kinds = {} if is_old else {
        "lost": 0, "silent_ms": int(rng.integers(0, 9000)),
        "downtime_hidden_ms": int(rng.integers(0, down + 1)),
    }  # fmt: skip
    return report(
        tuple(rng.uniform(1, 900, n).tolist()), session_id=session, period_start=begin,
        period_end=end, sample_rate=rate, open_ms=length - down, downtime_ms=down,
        drops=int(rng.random() < 0.2), sent=int(rng.integers(0, 50)),
        errors=int(rng.integers(0, 3)), received=int(rng.integers(0, 50)),
        ux_errors=int(rng.integers(0, 3)), interactions=int(rng.integers(0, 40)),
        app=str(rng.choice(["portal", "kiosk"])), country=_value(rng, "DE", "BR"),
        browser=_value(rng, "Chrome 141", "Safari 26"),
        release=_value(rng, "1", "2"), effective_type=_value(rng, "4g", "3g"),
        network_type=_value(rng, "wifi", "cellular"), setup_buckets=(100 + n, 180),
        setup_counts=(1, n + 1), setup_sum_us=9, cls=float(rng.random()) if n else None, **gauges,
        **kinds,
    )  # fmt: skip


def _value(rng: np.random.Generator, *values: str) -> str | None:
    return None if rng.random() < 0.3 else str(rng.choice(values))
