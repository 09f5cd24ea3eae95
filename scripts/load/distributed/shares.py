"""What each process of a distributed run counted, since it said so last; shares add up."""

from collections import Counter
from typing import Any

from scripts.load.clients.tally import Tally
from scripts.load.clients.watch import Watch

NUMBERS = (
    "attempted",
    "connected",
    "offered",
    "sent",
    "expected",
    "received",
    "garbled",
    "cut",
    "stormed",
    "back",
)
CAUSES = ("failed", "dropped", "closed")
DURATIONS = ("handshakes", "round_trips", "late")
Share = dict[str, Any]


class Shares:
    """Of one process: takes out of its tally what came since the last share. `cpu` is its part of
    one core since then."""

    def __init__(self, tally: Tally) -> None:
        self._tally, self._watch = tally, Watch()
        self._numbers = dict.fromkeys(NUMBERS, 0)
        self._causes = {name: Counter[str]() for name in CAUSES}

    def next(self) -> Share:
        """What can be sent as JSON or msgpack. Durations in ms."""
        tally, share = self._tally, Share(open=self._tally.open)
        share["cpu"], _ = self._watch.cut()
        share["last_back"] = tally.last_back
        for name in NUMBERS:
            total = getattr(tally, name)
            share[name], self._numbers[name] = total - self._numbers[name], total
        for name in CAUSES:
            total = Counter(getattr(tally, name))
            share[name], self._causes[name] = dict(total - self._causes[name]), total
        for name in DURATIONS:
            share[name] = getattr(tally, name)
            setattr(tally, name, [])
        return share


class Total:
    """Adds the shares of all processes to one `tally`; `cpu` is that of the busiest."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._open: dict[str, int] = {}
        self._cpu: dict[str, float] = {}

    @property
    def cpu(self) -> float:
        """The largest part of a core that one process used."""
        return max(self._cpu.values(), default=0.0)

    def add(self, sender: str, share: Share) -> None:
        """The next share of a process."""
        tally = self.tally
        for name in NUMBERS:
            setattr(tally, name, getattr(tally, name) + share[name])
        for name in CAUSES:
            getattr(tally, name).update(share[name])
        for name in DURATIONS:
            getattr(tally, name).extend(share[name])
        self._open[sender], self._cpu[sender] = share["open"], share["cpu"]
        tally.last_back = max(tally.last_back, share["last_back"])
        tally.open = sum(self._open.values())
        tally.most_open = max(tally.most_open, tally.open)
