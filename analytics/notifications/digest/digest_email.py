"""The digest email: a headline, the figures, a latency chart, regions and alerts."""

from collections.abc import Iterator

from analytics.formatting.numbers import (
    DASH,
    change,
    count,
    duration_text,
    percent_text,
    plural,
    with_unit,
)
from analytics.formatting.times import length
from analytics.notifications import wording
from analytics.notifications.digest.digest import AlertLine, Digest, Region
from analytics.notifications.email import chart_image, html_page, message
from analytics.notifications.email.message import HOW_TO_LINK, Email
from analytics.notifications.email.plot import Plot
from analytics.stats import comparison

CHART = ("light@chart", "dark@chart")
FOOTER = (
    "You get this every Monday because this address wants the weekly digest. "
    "An admin can switch it off under Alerts, Recipients. Times are UTC."
)
HEADER = ("", "This week", "Week before", "Change")
FigureRow = tuple[str, str, str, str]


def compose_digest_email(digest: Digest, public_url: str | None) -> Email:
    """The email; links lead to `public_url` alone."""
    subject = f"Week {digest.week.partition('-W')[2]}: {_date_range(digest)}"
    headline = _headline(digest)
    pictures = _pictures(digest)
    footer = FOOTER if public_url else f"{FOOTER} {HOW_TO_LINK}"
    blocks = [
        _figures_panel(digest, headline, has_picture=bool(pictures)),
        *_regions_panel(digest),
        _alerts_panel(digest, public_url),
    ]
    page = html_page.document(subject, headline, blocks, footer)
    return Email(subject, _plain_text(digest, headline, footer, public_url), page, pictures)


TWO_RULES = "Monitors before 2.0 counted drops by another rule: the weeks are not compared by them."


def _headline(digest: Digest) -> str:
    if not digest.now.sessions:
        return "No sessions were reported this week."
    significant = [
        f"{row[0]} {row[3]}" for row, is_significant in _figure_rows(digest) if is_significant
    ]
    fired = plural(digest.alert_count, "alert") if digest.alert_count else "no alert"
    if not digest.before.sessions:
        return f"{plural(digest.now.sessions, 'session')}, {fired}; nothing to compare with yet."
    if not significant:
        relative_change = change(digest.now.sessions / digest.before.sessions - 1)
        sessions = f"{plural(digest.now.sessions, 'session')} ({relative_change})"
        return f"{sessions}, {fired}; nothing else changed beyond chance."
    return f"{', '.join(significant)}; {fired}."


def _figure_rows(digest: Digest) -> Iterator[tuple[FigureRow, bool]]:
    """The table rows, each with whether its change is statistically significant."""
    now, before = digest.now, digest.before
    for name, current, previous in (
        ("Sessions", now.sessions, before.sessions),
        ("Drops", now.drops, before.drops),
        ("  lost", now.lost, before.lost),
        ("  ended by the server", now.ended_by_server, before.ended_by_server),
        ("  never came back", now.never_back, before.never_back),
        ("Reconnection attempts", now.reconnect_attempts, before.reconnect_attempts),
    ):
        if current is not None:
            is_compared = name == "Sessions" or not digest.has_two_rules
            yield _count_row(name, current, previous, is_compared=is_compared), False
    if now.without_connection_ms is not None:
        times = (
            duration_text(now.without_connection_ms),
            duration_text(before.without_connection_ms),
        )
        yield ("Without a connection", times[0], times[1], DASH), False
    for name, share, share_before in (
        ("Connect success", now.connect_success, before.connect_success),
        ("Stability", now.stability, before.stability),
        ("Message error rate", now.error_rate, before.error_rate),
    ):
        difference = comparison.of_shares(share, share_before)
        if name == "Stability" and digest.has_two_rules:
            difference = None
        points = DASH if difference is None else _points_text(difference.size)
        row = (name, percent_text(share.value), percent_text(share_before.value), points)
        yield row, difference is not None and difference.is_notable
    for name in ("p50", "p95", "p99"):
        slow, slow_before = getattr(now.latency_ms, name), getattr(before.latency_ms, name)
        relative_change = slow / slow_before - 1 if slow and slow_before else None
        difference = comparison.of_p95(now.latency_ms, before.latency_ms) if name == "p95" else None
        row = (
            f"Message latency {name}",
            duration_text(slow),
            duration_text(slow_before),
            change(relative_change) if relative_change is not None else DASH,
        )
        yield row, difference is not None and difference.is_notable


def _count_row(name: str, now: int, before: int | None, *, is_compared: bool) -> FigureRow:
    relative = comparison.of_counts(now, before) if before is not None and is_compared else None
    change_text = change(relative) if relative is not None else DASH
    return name, count(now), DASH if before is None else count(before), change_text


def _points_text(size: float) -> str:
    return with_unit(f"{size * 100:+.1f}".replace("-", "\u2212"), "pt")


def _figures_panel(digest: Digest, headline: str, *, has_picture: bool) -> str:
    parts = [html_page.tag("unknown", f"Week {digest.week}"), html_page.title(headline)]
    parts.append(html_page.paragraph(f"{_date_range(digest)}, against the week before."))
    parts.append(html_page.table(HEADER, [row for row, _ in _figure_rows(digest)]))
    if has_picture:
        parts.append(html_page.heading("Message latency p95; dotted, the week before"))
        about = f"p95 of the week: {duration_text(digest.now.latency_ms.p95)}."
        parts.append(html_page.picture(*CHART, about, chart_image.WIDTH))
    n = f"n = {count(digest.now.latency_ms.n)} messages, {count(digest.now.sessions)} sessions."
    if digest.has_two_rules:
        n += f" {TWO_RULES}"
    return html_page.panel([*parts, html_page.paragraph(n, quiet=True)])


def _regions_panel(digest: Digest) -> list[str]:
    if not digest.regions:
        return []
    header = ("Country", "Latency p95", "Connect success", "Stability", "Sessions")
    rows = [_region_row(region) for region in digest.regions]
    note = "The slowest countries with at least 20 sessions."
    heading = html_page.heading("Worst regions", is_first=True)
    return [
        html_page.panel(
            [heading, html_page.table(header, rows), html_page.paragraph(note, quiet=True)]
        )
    ]


def _region_row(region: Region) -> tuple[str, ...]:
    return (
        region.country,
        duration_text(region.p95),
        percent_text(region.connect_success),
        percent_text(region.stability),
        count(region.sessions),
    )


def _alerts_panel(digest: Digest, public_url: str | None) -> str:
    parts = [html_page.heading(_alerts_heading(digest), is_first=True)]
    if digest.alerts:
        rows = [(_alert_name(line), line.severity, _alert_time(line)) for line in digest.alerts]
        parts.append(html_page.table(("Alert", "Severity", "When"), rows))
    else:
        parts.append(html_page.paragraph("No alert fired."))
    view, table = _links(digest, public_url)
    if view and table:
        parts += [html_page.button("Open this week", view), html_page.anchor("As CSV", table)]
    return html_page.panel(parts)


def _alerts_heading(digest: Digest) -> str:
    more = digest.alert_count > len(digest.alerts)
    return f"Alerts, the first {len(digest.alerts)} of {digest.alert_count}" if more else "Alerts"


def _alert_name(line: AlertLine) -> str:
    where = ", ".join(
        f"{wording.NAMES.get(name, name)} {value}" for name, value in line.labels.items()
    )
    return f"{line.rule} ({where})" if where else line.rule


def _alert_time(line: AlertLine) -> str:
    began = f"{line.since:%a %H:%M}"
    return f"{began}, {length(line.ended - line.since)}" if line.ended else began


def _links(digest: Digest, public_url: str | None) -> tuple[str | None, str | None]:
    span = f"start={digest.start:%Y-%m-%dT%H:%M:%SZ}&end={digest.end:%Y-%m-%dT%H:%M:%SZ}"
    return (
        message.link(public_url, f"/admin/websocket-client-metrics?{span}"),
        message.link(public_url, f"/api/ws/client-metrics/summary?{span}&format=csv"),
    )


def _pictures(digest: Digest) -> dict[str, bytes]:
    if sum(value is not None for _, value in digest.latency) < 2:
        return {}
    plot = Plot(points=digest.latency, previous=digest.latency_before, unit="ms")
    themes = (chart_image.LIGHT, chart_image.DARK)
    return {name: chart_image.draw(plot, theme) for name, theme in zip(CHART, themes, strict=True)}


def _date_range(digest: Digest) -> str:
    last = digest.end - (digest.end - digest.start) / 7
    month = f" {digest.start:%B}" if digest.start.month != last.month else ""
    return f"{digest.start.day}{month} to {last.day} {last:%B} {last.year}"


def _plain_text(digest: Digest, headline: str, footer: str, public_url: str | None) -> str:
    lines = [headline, f"{_date_range(digest)}, against the week before.", ""]
    lines += [f"{'':24}{'This week':>12}{'Week before':>14}{'Change':>12}"]
    lines += [f"{a:24}{b:>12}{c:>14}{d:>12}" for (a, b, c, d), _ in _figure_rows(digest)]
    lines += ["", TWO_RULES] if digest.has_two_rules else []
    if digest.regions:
        lines += ["", "Worst regions (country, latency p95, connect success, stability, sessions):"]
        lines += ["  " + "  ".join(_region_row(region)) for region in digest.regions]
    lines += ["", f"{_alerts_heading(digest)}:"]
    lines += [f"  {_alert_name(line)}, {_alert_time(line)}" for line in digest.alerts]
    lines += [] if digest.alerts else ["  none"]
    lines += ["", *(address for address in _links(digest, public_url) if address)]
    return "\n".join([*lines, "", footer]) + "\n"
