"""The child process that fits: a task a line on standard input, a result a line on standard output.

`python -m analytics.anomalies.forecast.child SECONDS`: started by `prophet_process`, which gives it
a folder for the files of Stan. It ends when its input ends, and at the latest after `SECONDS` of
CPU time.
"""

import logging
import math
import os
import resource
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import BinaryIO

from .fit_messages import FitResult, FitTask, line_of, task_in
from .prophet_model import predicted

NICENESS = 10
LARGEST_BYTES = 2 << 30  # of addresses; Prophet and pandas take 0.5 GB of them
DRAWING = ("matplotlib", "plotly")
LONGEST_FAULT = 300
NOT_FINITE = "the prediction is not finite"


class WithoutDrawing(MetaPathFinder):
    """Hides what Prophet draws with, which is half of the 3 s of CPU it takes to load."""

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None,
        _target: ModuleType | None = None,
        /,
    ) -> ModuleSpec | None:
        """Raises `ModuleNotFoundError` for a library that draws."""
        if fullname in DRAWING:
            raise ModuleNotFoundError(fullname)
        return None


def main(seconds: int) -> None:
    """Fit until the input ends."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_BYTES, LARGEST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    logging.disable(logging.ERROR)
    sys.meta_path.insert(0, WithoutDrawing())
    warnings.simplefilter("ignore")
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever libraries print is no result
        serve(sys.stdin.buffer, output)


def serve(
    lines: Iterable[bytes],
    output: BinaryIO,
    predict: Callable[[FitTask], list[float]] = predicted,
) -> None:
    """A result for each line, in order. A fit that fails spoils no other."""
    for line in lines:
        output.write(line_of(_result(line, predict)))
        output.flush()


def _result(line: bytes, predict: Callable[[FitTask], list[float]]) -> FitResult:
    try:
        values = predict(task_in(line))
        return FitResult(values) if all(map(math.isfinite, values)) else FitResult([], NOT_FINITE)
    except Exception as fault:  # noqa: BLE001  one series must not end the others
        return FitResult([], f"{type(fault).__name__}: {fault}"[:LONGEST_FAULT])


if __name__ == "__main__":
    main(int(sys.argv[1]))
