"""A report as plain text, and the line that shows a run under way."""

from collections.abc import Iterator

from analytics.formatting.numbers import count, duration_text, plural, seconds_text
from analytics.load_tests.comparison import Difference
from analytics.load_tests.report import Distribution, LoadTestReport, ReplayedDay, Window

LABEL = 12


def progress(at: float, phase: str, window: Window, *, failed: int, dropped: int) -> str:
    """One line of the run so far."""
    trip = window.round_trip
    return (
        f"{at:6.0f} s  {phase:<9}  {window.open:>6,} open  {window.received:>7,} received  "
        f"p50 {duration_text(trip.p50):>8}  p95 {duration_text(trip.p95):>8}  "
        f"{failed:,} failed  {dropped:,} dropped  CPU {window.cpu:.0%}"
    )


def text(report: LoadTestReport) -> str:
    """The whole report, several lines, the verdict first."""
    return "\n".join(_lines(report))


def differences(rows: list[Difference]) -> str:
    """A comparison as a table."""
    lines = [f"{'':<20}{'before':>12}{'now':>12}{'change':>12}   95 % interval"]
    for row in rows:
        change = "" if row.now is None or row.before is None else f"{row.now - row.before:+,.1f}"
        interval = "too few windows" if row.low is None else f"{row.low:+,.1f} to {row.high:+,.1f}"
        mark = {True: "  worse", False: "  better", None: ""}[row.is_worse]
        name = f"{row.name}, {row.unit}".removesuffix(", ")
        lines.append(
            f"{name:<24}{_figure(row.before):>12}{_figure(row.now):>12}{change:>12}   "
            f"{interval}{mark}"
        )
    return "\n".join(lines)


def _lines(report: LoadTestReport) -> Iterator[str]:
    plan, connections, messages = report.plan, report.connections, report.messages
    yield f"{report.verdict.outcome.upper()}  {report.verdict.sentence}"
    yield from (f"  - {broken}" for broken in report.verdict.broken)
    yield ""
    yield _row(
        "Plan",
        f"{plan.profile}, {plan.scenario}: {plural(plan.connections, 'connection')}, "
        f"{plan.rate:g} messages a second each, {plan.message_bytes} bytes, "
        f"{seconds_text(plan.steady)} after {seconds_text(plan.ramp_up)} of ramp-up",
    )
    if plan.replay is not None:
        yield _row("Replayed", _replayed(plan.replay))
    yield _row(
        "Connections",
        f"{count(connections.connected)} of {count(connections.attempted)} opened, at most "
        f"{count(connections.most_open)} at once",
    )
    yield from _causes("  failed", connections.failed)
    yield from _causes("  dropped", connections.dropped)
    yield _row("Handshake", _percentiles(connections.handshake))
    yield _row("Round trip", _percentiles(report.round_trip))
    yield _row(
        "Messages",
        f"{count(messages.offered)} due, {count(messages.sent)} sent, {count(messages.received)} "
        f"of {count(messages.expected)} expected received, {count(messages.lost)} lost, "
        f"{count(messages.garbled)} garbled",
    )
    if report.recovery is not None:
        yield _row("Storm", f"all back after {seconds_text(report.recovery)}")
    yield from _generator(report)
    yield from _server(report)


def _replayed(day: ReplayedDay) -> str:
    return (
        f"{day.day}{f' of {day.app}' if day.app else ''}, {day.speed:,.0f} times as fast: "
        f"{plural(day.visits, 'connection')} for {count(day.opened)} recorded (median length "
        f"{seconds_text(day.median_seconds)}, at most {day.most_open:,.0f} open in an hour's mean, "
        f"{day.messages_per_minute:,.1f} messages a minute each)"
    )


def _generator(report: LoadTestReport) -> Iterator[str]:
    use = report.generator
    yield _row(
        "Generator",
        f"CPU {use.cpu:.0%} of a core, loop lag p99 {duration_text(use.loop_lag_p99)}, sends late "
        f"by {duration_text(use.late_p99)} (p99); "
        + ("it was not the limit" if not use.limits else "it was at its limit"),
    )
    yield from (f"  - {limit}" for limit in use.limits)


def _server(report: LoadTestReport) -> Iterator[str]:
    server = report.server
    if server is None:
        yield _row("Server", "its own count was not read (give --token-file)")
        return
    yield _row(
        "Server",
        f"{count(server.opened)} opened, {count(server.received)} received, {count(server.sent)} "
        f"sent, loop lag p99 {duration_text(server.loop_lag_p99)}; "
        + ("it agrees with the generator" if not server.differences else "it differs:"),
    )
    yield from (f"  - {difference}" for difference in server.differences)


def _causes(name: str, causes: dict[str, int]) -> Iterator[str]:
    for cause, n in sorted(causes.items(), key=lambda item: -item[1]):
        yield _row(name, f"{count(n)} {cause}")


def _percentiles(values: Distribution) -> str:
    if not values.n:
        return "not measured"
    return (
        f"p50 {duration_text(values.p50)}, p95 {duration_text(values.p95)}, "
        f"p99 {duration_text(values.p99)}, longest {duration_text(values.longest)}, "
        f"n = {count(values.n)}"
    )


def _row(name: str, value: str) -> str:
    return f"{name:<{LABEL}} {value}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"
