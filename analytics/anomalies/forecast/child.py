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
from collections.abc import Callable, Iterable
from typing import BinaryIO

from .fit_messages import FitResult, FitTask, line_of, task_in
from .prophet_model import predicted

NICENESS = 10
LARGEST_BYTES = 2 << 30  # of addresses; Prophet, pandas and Matplotlib take 0.5 GB of them
LONGEST_FAULT = 300
NOT_FINITE = "the prediction is not finite"


def main(seconds: int) -> None:
    """Answer tasks until the input ends."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_BYTES, LARGEST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever libraries print is no result
        answer_all(sys.stdin.buffer, output)


def answer_all(
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
