"""Logs as JSON: one line an event, in UTC, without tokens."""

import json
import logging
import sys
from typing import Any

import pytest

from analytics.operations import json_logs
from analytics.operations.json_logs import HIDDEN, JsonFormatter
from models.database.engine import DatabaseAway
from scripts import supervisor


def event(message: str, *arguments: object, exc_info: Any = None) -> dict[str, str]:
    record = logging.LogRecord("a.b", logging.ERROR, "", 1, message, arguments, exc_info)
    record.created = 1_772_452_800.1239
    text = JsonFormatter("web").format(record)
    assert "\n" not in text
    parsed: dict[str, str] = json.loads(text)
    return parsed


def test_an_event_has_its_time_in_utc_and_where_it_is_from() -> None:
    assert event("größer\nals %d", 7) == {
        "time": "2026-03-02T12:00:00.123Z", "level": "error", "logger": "a.b", "process": "web",
        "message": "größer\nals 7",
    }  # fmt: skip


def test_an_exception_stands_in_its_event() -> None:
    try:
        raise DatabaseAway("no route")
    except DatabaseAway:
        logged = event("failed", exc_info=sys.exc_info())
    assert logged["exception"].splitlines()[-1].endswith("DatabaseAway: no route")


@pytest.mark.parametrize(
    "text",
    [
        "token wsmon_Zm9vYmFyYmF6cXV4cXV1eA-_x failed",
        "Authorization: Bearer abc.def",
        "GET /api/ws/client-metrics?app=x&key=s3cret",
        "GET /ws?token=s3cret&app=x",
    ],
)
def test_tokens_are_hidden(text: str) -> None:
    message = event("%s", text)["message"]
    assert HIDDEN in message
    assert not {"Zm9v", "abc.def", "s3cret"} & {part for part in message.split() if part in text}
    assert "s3cret" not in message


def test_what_serve_says_is_an_event_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    supervisor.say("Ready")
    logged = json.loads(capsys.readouterr().err)
    assert (logged["process"], logged["message"], logged["level"]) == ("serve", "Ready", "info")


def test_a_process_logs_warnings_and_what_nobody_caught(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        json_logs.configure("scheduler")
        logging.getLogger("x").info("not this")
        logging.getLogger("x").warning("this")
        sys.excepthook(ValueError, ValueError("that"), None)
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = before
    events = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert [each["message"] for each in events] == ["this", "The process ends by an error"]
    assert "ValueError: that" in events[1]["exception"]
