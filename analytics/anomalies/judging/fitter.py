"""Prophet for the fits of a round: its process is started when the first series needs it."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from analytics.anomalies.forecast.fit_messages import FitTask
from analytics.anomalies.forecast.prophet_process import ProphetProcess, prophet_process

FIT_SECONDS = 300.0  # of all fits of a run: 600 series of values alone take 90 s of an idle core


class LateFitter:
    """A `Fitter`, for a block."""

    def __init__(self, data_dir: Path, seconds: float = FIT_SECONDS) -> None:
        self._data_dir = data_dir
        self._seconds = seconds
        self._stack = ExitStack()
        self._process: ProphetProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._stack.close()

    def fit(self, task: FitTask) -> list[float]:
        """See `ProphetProcess.fit`. Raises `ForecastFault`."""
        if self._process is None:
            self._process = self._stack.enter_context(
                prophet_process(self._data_dir, self._seconds)
            )
        return self._process.fit(task)
