"""The command line of a load test."""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from analytics.load_tests.report import STORM, Plan, Thresholds

from .replay.visits import Visits

PROFILES = {"light": 50, "medium": 200, "heavy": 500, "extreme": 1000}
REPLAY = "replay"
SCENARIOS = ("echo", "idle", "rooms", "chat", STORM, "slow-readers", REPLAY)
BASELINE = "baseline"
DEFAULT_URL = "ws://127.0.0.1:8050"
OPENED_PER_SECOND = 50
DEFAULT_RATE, DEFAULT_BYTES = 1.0, 100
RAMP_DOWN = 5.0
LONGEST_NOTE = 256
LEAST_BYTES = 10  # of a message, the number it begins with
MOST_CONNECTIONS, MOST_RATE, MOST_BYTES, MOST_SECONDS = 100_000, 10_000.0, 16_000_000, 86_400.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator asked for, within its limits."""

    plan: Plan
    thresholds: Thresholds
    headers: Sequence[tuple[str, str]] = ()
    subprotocol: str = ""
    token: str = ""
    api: str = ""
    note: str = ""
    find_limit: bool = False
    owns_target: bool = False
    compare: str = ""
    is_baseline: bool = False
    files: dict[str, Path] = field(default_factory=dict)
    day: date | None = None
    app: str = ""
    visits: Visits | None = None
    has_rate: bool = False
    has_size: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """Options of a command line. Exits with 2 and a message when they make no sense."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if (parsed.scenario == REPLAY) != (parsed.replay_day is not None):
        parser.error(f"--scenario {REPLAY} and --replay-day need each other")
    if parsed.find_limit and parsed.scenario == REPLAY:
        parser.error("--find-limit needs a steady load, a replay has none")
    connections = parsed.connections or PROFILES[parsed.profile]
    ramp_up = parsed.ramp_up if parsed.ramp_up is not None else connections / OPENED_PER_SECOND
    plan = Plan(
        profile=parsed.profile, scenario=parsed.scenario, url=parsed.url, connections=connections,
        rate=DEFAULT_RATE if parsed.rate is None else parsed.rate,
        message_bytes=parsed.size or DEFAULT_BYTES, ramp_up=ramp_up, steady=parsed.duration,
        ramp_down=RAMP_DOWN,
    )  # fmt: skip
    thresholds = Thresholds(
        max_p95_ms=parsed.max_p95_ms, max_failures=parsed.max_failures, max_lost=parsed.max_lost,
        max_recovery=parsed.max_recovery,
    )  # fmt: skip
    files = {name: getattr(parsed, name) for name in ("json", "html", "junit")}
    return Options(
        plan=plan, thresholds=thresholds, headers=parsed.header, subprotocol=parsed.subprotocol,
        token=parsed.token_file or "", api=parsed.api,
        note=parsed.note, find_limit=parsed.find_limit,
        owns_target=parsed.yes_i_own_this, compare=parsed.compare,
        is_baseline=parsed.baseline,
        files={name: path for name, path in files.items() if path is not None},
        day=parsed.replay_day, app=parsed.replay_app, has_rate=parsed.rate is not None,
        has_size=parsed.size is not None,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./test_websocket_load.sh",
        description="Opens many WebSocket connections, uses them, and says whether the server "
        "holds. Exit status: 0 held, 1 not held, 2 could not run.",
    )
    profiles = ", ".join(f"{name} {number}" for name, number in PROFILES.items())
    parser.add_argument("profile", choices=PROFILES, help=f"connections: {profiles}")
    add = parser.add_argument
    add(
        "--url",
        default=DEFAULT_URL,
        help=f"ws:// or wss://; default {DEFAULT_URL}. Without a path: that of the scenario",
    )
    add(
        "--connections",
        type=_integer(1, MOST_CONNECTIONS),
        metavar="N",
        help="instead of the profile's",
    )
    add(
        "--duration",
        type=_number(1, MOST_SECONDS),
        default=60.0,
        metavar="SECONDS",
        help="of the steady phase; default 60",
    )
    add(
        "--ramp-up",
        type=_number(0, MOST_SECONDS),
        metavar="SECONDS",
        help=f"default {OPENED_PER_SECOND} connections a second",
    )
    add(
        "--rate",
        type=_number(0, MOST_RATE),
        metavar="PER_SECOND",
        help="messages a second of each connection; default 1, of a replay as recorded",
    )
    add(
        "--size",
        type=_integer(LEAST_BYTES, MOST_BYTES),
        metavar="BYTES",
        help="of a message; default 100, of a replay as recorded",
    )
    add("--scenario", choices=SCENARIOS, default="echo")
    add(
        "--replay-day",
        type=date.fromisoformat,
        metavar="DAY",
        help="a recorded day (UTC), as 2026-03-02: replayed within --duration; needs --token-file",
    )
    add("--replay-app", default="", metavar="APP", help="of this app alone; default: all")
    add(
        "--header",
        type=_header,
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="of the handshake; may be repeated",
    )
    add("--subprotocol", default="", metavar="NAME")
    add(
        "--max-p95-ms",
        type=_number(0, 1e9),
        default=200.0,
        metavar="MS",
        help="round trip; default 200",
    )
    add(
        "--max-failures",
        type=_integer(0, MOST_CONNECTIONS),
        default=0,
        metavar="N",
        help="failed and dropped connections; default 0",
    )
    add("--max-lost", type=_integer(0, 10**12), default=0, metavar="N", help="messages; default 0")
    add(
        "--max-recovery",
        type=_number(0, MOST_SECONDS),
        default=60.0,
        metavar="SECONDS",
        help="of the reconnect storm; default 60",
    )
    add("--find-limit", action="store_true", help="raise the load until a threshold breaks")
    add(
        "--token-file",
        type=_token,
        metavar="FILE",
        help="a token of the API, role admin: adds the server's count and stores the run",
    )
    add("--api", default="", metavar="URL", help="of the API; default: the target's origin")
    add("--note", type=_note, default="", help="stored with the run")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add("--html", type=Path, metavar="FILE", help="write it as one HTML file")
    add("--junit", type=Path, metavar="FILE", help="write the thresholds as JUnit XML")
    add(
        "--compare",
        default="",
        metavar="RUN",
        help="a report's JSON file, the id of a stored run, or `baseline`",
    )
    add(
        "--baseline",
        action="store_true",
        help="mark the stored run, if it held, as the baseline of its target, profile and scenario",
    )
    add("--yes-i-own-this", action="store_true", help="needed for targets other than this machine")
    return parser


def _number(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value) or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least:g} to {most:g}")
        return value

    return number


def _integer(least: int, most: int) -> Callable[[str], int]:
    def integer(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
        return value

    return integer


def _note(text: str) -> str:
    if len(text) > LONGEST_NOTE:
        raise argparse.ArgumentTypeError(f"at most {LONGEST_NOTE} characters")
    return text


def _token(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise argparse.ArgumentTypeError(f"cannot be read: {fault}") from None


def _header(text: str) -> tuple[str, str]:
    name, separator, value = text.partition(":")
    if not separator or not name.strip() or "\n" in text or "\r" in text:
        raise argparse.ArgumentTypeError("must be NAME:VALUE")
    return name.strip(), value.strip()
