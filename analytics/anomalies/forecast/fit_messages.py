"""What parent and child write to each other: a JSON object a line."""

import msgspec


class FitTask(msgspec.Struct, frozen=True):
    """One series to fit, and what to predict.

    `hours`: local hours since 1970-01-01 00:00 on the clocks of the app's users, with a value each;
    `values`: on the scale of the kind, finite; `off`: whether the hour is of a day off (weekend or
    holiday). `ahead`, `ahead_off`: the same of the hours to predict.
    """

    hours: list[int]
    values: list[float]
    off: list[bool]
    ahead: list[int]
    ahead_off: list[bool]


class FitResult(msgspec.Struct, frozen=True):
    """`values`: a prediction for each hour of `ahead`, on the scale; empty where the fit failed,
    and `fault` says why."""

    values: list[float]
    fault: str = ""


Message = FitTask | FitResult
_tasks = msgspec.json.Decoder(FitTask)
_results = msgspec.json.Decoder(FitResult)


def line_of(message: Message) -> bytes:
    """The message as a line."""
    return msgspec.json.encode(message) + b"\n"


def task_in(line: bytes) -> FitTask:
    """Raises `msgspec.MsgspecError`."""
    return _tasks.decode(line)


def result_in(line: bytes) -> FitResult:
    """Raises `msgspec.MsgspecError`."""
    return _results.decode(line)
