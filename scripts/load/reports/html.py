"""A report as one HTML file that needs nothing else."""

from collections.abc import Iterator, Sequence
from html import escape

from analytics.load_tests.report import LoadTestReport, Outcome, phases

from .text import text

WIDTH, HEIGHT, MARGIN = 860, 220, 48
_COLOURS = {
    Outcome.PASSED: "#1a7f4b",
    Outcome.FAILED: "#b3261e",
    Outcome.GENERATOR_LIMIT: "#8a5a00",
    Outcome.STOPPED: "#5f5f5a",
}
_STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;
margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;font-size:13px}svg{width:100%;height:auto}
svg text{font-size:11px;fill:currentColor}h2{font-size:1rem;margin:1.5rem 0 .25rem}
.badge{color:#fff;border-radius:4px;padding:.1rem .5rem}
"""
Point = tuple[float, float]


def html(report: LoadTestReport) -> bytes:
    """The document, UTF-8."""
    verdict, plan = report.verdict, report.plan
    title = f"Load test {escape(plan.profile)}, {escape(plan.scenario)}"
    begun = report.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    trips = [(each.at, each.round_trip.p95) for each in report.windows if each.round_trip.p95]
    opened = [(each.at, float(each.open)) for each in report.windows]
    return "".join(
        (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>',
            f"<style>{_STYLE}</style><h1>{title}</h1><p>{begun}, {escape(plan.url)}</p>",
            f'<p><span class="badge" style="background:{_COLOURS[verdict.outcome]}">',
            f"{escape(verdict.outcome)}</span> {escape(verdict.sentence)}</p>",
            "<h2>Round trip p95, ms, by seconds since the start</h2>",
            _chart(report, trips, report.thresholds.max_p95_ms),
            "<h2>Open connections</h2>",
            _chart(report, opened, None),
            f"<h2>All of it</h2><pre>{escape(text(report))}</pre></html>",
        )
    ).encode()


def _chart(report: LoadTestReport, points: Sequence[Point], limit: float | None) -> str:
    if not points:
        return "<p>Not measured.</p>"
    return "".join(_parts(report, points, limit))


def _parts(report: LoadTestReport, points: Sequence[Point], limit: float | None) -> Iterator[str]:
    longest = max(at for at, _ in points)
    highest = max(value for _, value in points) * 1.1
    if limit is not None and limit < 3 * highest:
        highest = max(highest, limit * 1.1)

    def x(at: float) -> float:
        return MARGIN + at / longest * (WIDTH - 2 * MARGIN)

    def y(value: float) -> float:
        return HEIGHT - MARGIN / 2 - value / highest * (HEIGHT - MARGIN)

    yield f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    for value in (0.0, highest / 2, highest / 1.1):
        yield f'<text x="{MARGIN - 6}" y="{y(value):.1f}" text-anchor="end">{value:,.4g}</text>'
        yield _line((MARGIN, y(value)), (WIDTH - MARGIN, y(value)), "#88888844")
    for at in phases(report.plan):
        if at < longest:
            yield _line((x(at), 0), (x(at), HEIGHT - MARGIN / 2), "#888888", "4 4")
    for at in (0.0, longest):
        yield f'<text x="{x(at):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{at:,.0f} s</text>'
    if limit is not None and limit < highest:
        yield _line((MARGIN, y(limit)), (WIDTH - MARGIN, y(limit)), _COLOURS[Outcome.FAILED])
    path = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in points)
    yield f'<polyline points="{path}" fill="none" stroke="#1c64ab" stroke-width="2"/></svg>'


def _line(begin: Point, end: Point, colour: str, dashes: str = "") -> str:
    (x1, y1), (x2, y2) = begin, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-dasharray="{dashes}"/>'
    )
