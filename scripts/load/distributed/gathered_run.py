"""A distributed run as its report is made of it."""

from time import perf_counter

from analytics.load_tests.report import STEADY, Plan, phases
from scripts.load.clients.run import RAMP_UP
from scripts.load.clients.tally import DRAINING, Tally, Windows

from .shares import Share, Total


class GatheredRun:
    """Adds up the shares of all processes, which come up to `delay` seconds late, and cuts windows
    of them. Nothing is known of the loops of other processes; how late they sent is."""

    def __init__(self, plan: Plan, delay: float = 0.0) -> None:
        self._plan, self._total, self._delay = plan, Total(), delay
        self._began = perf_counter()
        self.windows = Windows(self._total.tally)
        self.lags: list[float] = []
        self.is_stopped = False
        self._last_cut = 0.0

    @property
    def tally(self) -> Tally:
        """Of all processes."""
        return self._total.tally

    def now(self) -> float:
        """Seconds since the start."""
        return perf_counter() - self._began

    def add(self, sender: str, share: Share) -> None:
        """The next share of a process."""
        self._total.add(sender, share)

    def cut(self) -> None:
        """Cut a window that ends now; its phase is that in which all of it began, so that nothing
        of the ramp-up is in the steady phase."""
        at = self.now()
        self.windows.cut(at, self._total.cpu, 0.0, phase=self._phase(self._last_cut - self._delay))
        self._last_cut = at

    def _phase(self, at: float) -> str:
        begin, end = phases(self._plan)
        if at < begin:
            return RAMP_UP
        return STEADY if at < end else DRAINING
