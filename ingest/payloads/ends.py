"""How the connections of a report ended: close codes, and kinds of ends since monitor 2.0."""

import re
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from models.metrics import close_codes

from . import rules
from .fault import Fault
from .schema import LARGEST_COUNT, ConnectionPayload

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
