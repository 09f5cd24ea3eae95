"""What a page's sockets did, computed from the recorder's events and the link's faults alone.

Written from the rules of `docs/browser-monitor.md`, not from the monitor. Times are epoch
milliseconds; `stalls` are the times when the link passed nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .figures import Figures

Event = dict[str, Any]
Span = Sequence[float]
NEVER = float("inf")
PAUSE_MS = 5_000  # what ends so soon after a return belongs to the pause before it
LEAVING_MS = 1_000
REPLACED_MS = 1_000
SERVER_ENDED_MS = 60_000
NO_FRAME, QUIET_CODES = 1006, (1000, 1001, 1005)


@dataclass
class Socket:
    """One socket's moments; `NEVER` for what did not happen."""

    attempt: float
    open: float = NEVER
    closing: float = NEVER  # close() called by the page
    error: float = NEVER
    close: float = NEVER
    code: int = 0
    clean: bool = False
    counts: Figures = field(default_factory=Figures)

    @property
    def noticed(self) -> float:
        """When its end was noticed."""
        return min(self.closing, self.error, self.close)

    @property
    def page_requested(self) -> bool:
        """Whether the page ended it on its own account."""
        return self.closing < min(self.error, self.close)


@dataclass
class View:
    """One view of a page: its sockets, when it began and ended, when it was suspended."""

    sockets: list[Socket]
    end: float
    pauses: list[list[float]]
    stalls: Sequence[Span]


def of_view(events: Sequence[Event], stalls: Sequence[Span]) -> Figures:
    """The figures of one page view."""
    view = read(events, stalls)
    figures = Figures()
    for socket in view.sockets:
        _count(figures, socket)
    down: list[Span] = []
    for socket in view.sockets:
        if socket.open < NEVER and socket.noticed < min(NEVER, view.end):
            kind = judge(socket, view)
            if kind in ("lost", "ended_by_server", "replaced"):
                setattr(figures, kind, getattr(figures, kind) + 1)
            if kind in ("lost", "ended_by_server"):
                down.append(_outage(figures, socket, view))
    figures.drops = (figures.lost or 0) + (figures.ended_by_server or 0)
    figures.open_ms = _length(_without(_open_spans(view), view.pauses))
    figures.suspended_ms = _length(view.pauses)
    figures.downtime_ms = _length(_without(_without(_union(down), _open_spans(view)), view.pauses))
    return figures


def read(events: Sequence[Event], stalls: Sequence[Span]) -> View:
    """The events of one view as moments."""
    events = _reportable(events)
    sockets: dict[int, Socket] = {}
    pauses: list[list[float]] = []
    end = max((event["at"] for event in events), default=0)
    for event in events:
        kind, at = event["type"], event["at"]
        if kind == "attempt":
            sockets[event["socket"]] = Socket(at)
        elif "socket" in event:
            _moment(sockets[event["socket"]], event)
        elif kind == "freeze" or (kind == "pagehide" and event["persisted"]):
            if not pauses or pauses[-1][1] < NEVER:
                pauses.append([at, NEVER])
        elif kind in ("resume", "pageshow") and pauses:
            pauses[-1][1] = min(pauses[-1][1], at)
    pauses = [pause for pause in pauses if pause[1] < NEVER]
    return View(list(sockets.values()), end, pauses, stalls)


def _reportable(events: Sequence[Event]) -> Sequence[Event]:
    """Those that the page lived to tell: one that is put away for good tells nothing after."""
    ends = [index for index, event in enumerate(events) if event["type"] == "pagehide"]
    if not ends or any(event["type"] == "pageshow" for event in events[ends[-1] :]):
        return events
    if not events[ends[-1]]["persisted"]:
        return events
    return [
        event for index, event in enumerate(events)
        if index <= ends[-1] or event["type"] == "visibility"
    ]  # fmt: skip


def judge(socket: Socket, view: View) -> str:
    """The kind of a socket's end: the rules in their order."""
    at = socket.noticed
    after = [other for other in view.sockets if other.attempt > at]
    next_attempt = min((other.attempt for other in after), default=NEVER)
    if any(start <= at <= end + PAUSE_MS for start, end in view.pauses):
        return "suspended"
    if view.end - at < LEAVING_MS:
        return "meant"
    unanswered = any(socket.open < start < at <= end for start, end in view.stalls)
    if unanswered or (not socket.page_requested and _without_frame(socket)):
        return "lost"
    if socket.page_requested:
        return _closed_by_page(socket, view, next_attempt)
    if next_attempt - at <= SERVER_ENDED_MS or socket.code not in QUIET_CODES:
        return "ended_by_server"
    return "meant"


def _closed_by_page(socket: Socket, view: View, next_attempt: float) -> str:
    at = socket.noticed
    if not socket.clean:
        return "lost" if next_attempt < NEVER else "meant"
    others = [other for other in view.sockets if other.open <= at < other.noticed]
    is_replaced = len(others) > 0 or next_attempt - at <= REPLACED_MS
    return "replaced" if is_replaced else "meant"


def _without_frame(socket: Socket) -> bool:
    return socket.error < NEVER or socket.code == NO_FRAME or not socket.clean


def _moment(socket: Socket, event: Event) -> None:
    kind, counts = event["type"], socket.counts
    if kind in ("send", "message"):
        name = "sent" if kind == "send" else "received"
        setattr(counts, name, getattr(counts, name) + 1)
        setattr(counts, f"bytes_{name}", getattr(counts, f"bytes_{name}") + event["bytes"])
        return
    setattr(socket, kind, min(getattr(socket, kind), event["at"]))
    if kind == "close":
        socket.code, socket.clean = event["code"], event["clean"]


def _count(figures: Figures, socket: Socket) -> None:
    for name in ("sent", "received", "bytes_sent", "bytes_received"):
        setattr(figures, name, getattr(figures, name) + getattr(socket.counts, name))
    if socket.open < NEVER:
        outcome = "opened"
    elif socket.noticed < NEVER:
        outcome = "abandoned" if socket.page_requested else "failed"
    else:
        return
    setattr(figures, outcome, getattr(figures, outcome) + 1)
    figures.attempts = (figures.attempts or 0) + 1


def _outage(figures: Figures, socket: Socket, view: View) -> Span:
    """The time from a drop to the next open socket, which its recovery takes."""
    at = socket.noticed
    back = min((other.open for other in view.sockets if other.open > at), default=NEVER)
    if back < NEVER:
        figures.recovery_ms.append(back - at)
    else:
        figures.never_back = (figures.never_back or 0) + 1
    return (at, min(back, view.end))


def _open_spans(view: View) -> list[Span]:
    spans = ((s.open, min(s.noticed, view.end)) for s in view.sockets if s.open < NEVER)
    return _union(spans)


def _union(spans: Iterable[Span]) -> list[Span]:
    merged: list[list[float]] = []
    for start, end in sorted(map(tuple, spans)):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return list(merged)


def _without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    for other_start, other_end in others:
        pieces = []
        for start, end in spans:
            pieces += [(start, min(end, other_start)), (max(start, other_end), end)]
        spans = [piece for piece in pieces if piece[0] < piece[1]]
    return list(spans)


def _length(spans: Iterable[Span]) -> float:
    return sum(end - start for start, end in spans)
