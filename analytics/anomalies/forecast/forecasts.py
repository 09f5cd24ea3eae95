"""The expectations of all groups of series, with one child process for all: what the job calls."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from analytics.anomalies.detection.steps import History, Ints

from .expectation import Expectation
from .expectations import Fitter, expectations
from .fit_messages import FitTask
from .prophet_process import ForecastFault, prophet_process


def forecasts(
    groups: Iterable[tuple[History, Ints]], data_dir: Path, seconds: float
) -> Iterator[list[Expectation]]:
    """For each history and the steps ahead of it, its expectations in the order of its series.

    Prophet has `seconds` for all groups together, reading them included; where it cannot be started
    all are expected by the usual hour. Put those first that matter most.
    """
    with ExitStack() as stack:
        fitter: Fitter
        try:
            fitter = stack.enter_context(prophet_process(data_dir, seconds))
        except ForecastFault as fault:
            fitter = _NoProcess(fault)
        for history, ahead in groups:
            yield expectations(history, ahead, fitter)


class _NoProcess:
    """Fits nothing."""

    def __init__(self, fault: ForecastFault) -> None:
        self._fault = fault

    def fit(self, task: FitTask) -> list[float]:  # noqa: ARG002 - as the protocol says
        """Raises the fault for which there is no process."""
        raise self._fault
