"""How connections ended: close codes, kinds of ends since monitor 2.0, and single ones by id."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from models.both_ends.connection_ends import BrowserEnd, ServerEnd
from models.metrics import close_codes

from . import rules
from .fault import Fault
from .sample_schema import SamplePayload
from .schema import LARGEST_COUNT, BrowserEndPayload, ConnectionPayload, ReportPayload

MOST_CLOSE_CODES = 64
_close_code = re.compile(r"[1-4][0-9]{3}")
_COUNTS = ("ended_by_server", "replaced", "never_back", "abandoned")
_TIMES = ("downtime_hidden_ms", "suspended_ms")
_OF_KINDS = (*_COUNTS, *_TIMES)
_of_kinds = attrgetter(*_OF_KINDS)


def kinds(connection: ConnectionPayload) -> dict[str, int | None]:
    """The columns of a report that judges ends by kind; all `None` when it does not.

    A count or time that did not come is 0; attempts need not add up to their outcomes within one
    period. Raises `Fault` when drops are no sum of kinds, or kinds came without `lost`.
    """
    if connection.lost is None:
        _refuse_kinds_alone(connection)
        return {}
    if connection.drops != connection.lost + (connection.ended_by_server or 0):
        raise Fault("connection.drops", "must be lost + ended_by_server")
    if (connection.downtime_hidden_ms or 0) > connection.downtime_ms:
        raise Fault("connection.downtime_hidden_ms", "must not exceed downtime_ms")
    return {
        "lost": connection.lost,
        "silent_ms": round(sum(connection.silent_ms)),
        **{name: getattr(connection, name) or 0 for name in _COUNTS},
        **{name: round(getattr(connection, name) or 0) for name in _TIMES},
    }


def abnormal_closes(connection: ConnectionPayload, codes: Mapping[str, int]) -> int:
    """What breaks the stability of a session: drops. Those of a report that does not judge may come
    with or without a code: the larger of both counts."""
    if connection.lost is not None:
        return connection.drops
    abnormal = sum(count for code, count in codes.items() if code not in close_codes.NORMAL)
    return min(max(connection.drops, abnormal), LARGEST_COUNT)


def codes(field: str, counts: Mapping[str, Any]) -> dict[str, int]:
    """Sockets by close code, those without any left out. Raises `Fault`."""
    if not counts:
        return {}
    if len(counts) > MOST_CLOSE_CODES:
        raise Fault(field, f"must hold at most {MOST_CLOSE_CODES} codes")
    for code, count in counts.items():
        if not _close_code.fullmatch(code):
            raise Fault(f"{field}.{code[:8]}", "must be a close code, 1000 to 4999")
        rules.count(f"{field}.{code}", count)
    return {code: count for code, count in counts.items() if count}


def _refuse_kinds_alone(connection: ConnectionPayload) -> None:
    for name, value in zip(_OF_KINDS, _of_kinds(connection), strict=True):
        if value is not None:
            raise Fault("connection.lost", f"must come with {name}")
    if connection.silent_ms:
        raise Fault("connection.lost", "must come with silent_ms")


def of_browser(
    payload: ReportPayload, app: str, endpoint: str | None, end: datetime
) -> tuple[BrowserEnd, ...]:
    """The ends of a report whose period ended at `end`. Raises `Fault` naming one without the code
    that its `by` needs."""
    for index, each in enumerate(payload.ends):
        if each.code is None and each.by != close_codes.LEFT:
            raise Fault(f"ends[{index}].code", "is required unless by is left")
    return tuple(
        BrowserEnd(
            app=app,
            connection_id=each.id,
            browser_ended_at=_before(end, each.ago_ms),
            browser_open_ms=None if each.open_ms is None else round(each.open_ms),
            browser_code=_read(each),
            browser_by=each.by,
            browser_own_code=each.own_code,
            browser_sent=each.sent,
            browser_received=each.received,
            session_id=payload.session_id,
            endpoint=endpoint,
        )
        for each in payload.ends
    )


def of_server(payload: SamplePayload, end: datetime) -> tuple[ServerEnd, ...]:
    """The ends of a sample whose period ended at `end`."""
    app = rules.text("app", payload.app) or "default"
    return tuple(
        ServerEnd(
            app=app,
            connection_id=each.id,
            server_ended_at=_before(end, each.ago_ms),
            server_open_ms=round(each.open_ms),
            server_code=each.code,
            server_by=each.by,
            server_error=rules.text(f"ends[{index}].error", each.error),
            server_sent=each.sent,
            server_received=each.received,
            service=payload.service,
        )
        for index, each in enumerate(payload.ends)
    )


def _read(end: BrowserEndPayload) -> int | None:
    return None if end.by == close_codes.LEFT else end.code


def _before(end: datetime, ms: float) -> datetime:
    return end - timedelta(milliseconds=ms)
