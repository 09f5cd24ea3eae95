"""Logs as JSON: one line an event, in every process alike, for whoever collects them.

`{"time": "2026-03-02T12:00:00.123Z", "level": "warning", "logger": "…", "process": "scheduler",
"message": "…", "request_id": "…", "exception": "…"}`; the last two where there are any.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from types import TracebackType

HIDDEN = "[hidden]"
# Tokens of ours, and whatever a header or the query of an address may carry.
_secrets = re.compile(
    r"wsmon_[\w-]{16,}|(?<=Bearer )\S+|(?<=[?&])(?:key|token)=[^\s&\"']+", re.IGNORECASE
)


class JsonFormatter(logging.Formatter):
    """Makes the line of a record. `process` names ours: web, scheduler, serve."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The event, without a line break in it."""
        event = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": self._process,
            "message": without_secrets(record.getMessage()),
        }
        request_id = getattr(record, "request_id", None)
        if request_id:
            event["request_id"] = request_id
        if record.exc_info:
            event["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)


def configure(process: str) -> None:
    """Log warnings and worse of this process as JSON to standard error, also those of Python, and
    what nobody caught."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(process))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def line(process: str, text: str) -> str:
    """The line of something that a process says of itself."""
    record = logging.LogRecord(process, logging.INFO, "", 0, "%s", (text,), None)
    return JsonFormatter(process).format(record)


def without_secrets(text: str) -> str:
    """The text with tokens and keys hidden."""
    return _secrets.sub(HIDDEN, text)


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _log_uncaught(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("uncaught").critical(
        "The process ends by an error", exc_info=(kind, fault, trace)
    )
