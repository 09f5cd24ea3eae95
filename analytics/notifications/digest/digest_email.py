"""The letter of a week: a sentence, the figures, the course of latency, regions and alerts."""

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
from analytics.notifications import wording as words
from analytics.notifications.digest.digest import AlertLine, Digest, Region
from analytics.notifications.email import chart_image, html_page, message
from analytics.notifications.email.message import HOW_TO_LINK, Email
from analytics.notifications.email.plot import Plot
from analytics.stats import comparison

CHART = ("light@chart", "dark@chart")
FOOT = (
    "You get this every Monday because this address wants the weekly digest. "
    "An admin can switch it off under Alerts, Recipients. Times are UTC."
)
HEADER = ("", "This week", "Week before", "Change")
Row = tuple[str, str, str, str]


def digest_letter(digest: Digest, public_url: str | None) -> Email:
    """The letter; links lead to `public_url` alone."""
    subject = f"Week {digest.week.partition('-W')[2]}: {_span(digest)}"
    headline = _headline(digest)
    pictures = _pictures(digest)
    foot = FOOT if public_url else f"{FOOT} {HOW_TO_LINK}"
    blocks = [
        _figures(digest, headline, has_picture=bool(pictures)),
        *_regions(digest),
        _alerts(digest, public_url),
    ]
    page = html_page.document(subject, headline, blocks, foot)
    return Email(subject, _text(digest, headline, foot, public_url), page, pictures)


def _headline(digest: Digest) -> str:
    if not digest.now.sessions:
        return "No sessions were reported this week."
    noticed = [f"{row[0]} {row[3]}" for row, is_noticed in _rows(digest) if is_noticed]
    fired = plural(digest.alert_count, "alert") if digest.alert_count else "no alert"
    if not digest.before.sessions:
        return f"{plural(digest.now.sessions, 'session')}, {fired}; nothing to compare with yet."
    if not noticed:
        moved = change(digest.now.sessions / digest.before.sessions - 1)
        sessions = f"{plural(digest.now.sessions, 'session')} ({moved})"
        return f"{sessions}, {fired}; nothing else changed beyond chance."
    return f"{', '.join(noticed)}; {fired}."


def _rows(digest: Digest) -> Iterator[tuple[Row, bool]]:
    """The figures line by line, and whether the change is more than chance."""
    now, before = digest.now, digest.before
    for name, one, other in (
        ("Sessions", now.sessions, before.sessions),
        ("Drops", now.drops, before.drops),
        ("Reconnection attempts", now.reconnect_attempts, before.reconnect_attempts),
    ):
        moved = comparison.of_counts(one, other)
        words_ = change(moved) if moved is not None else DASH
        yield (name, count(one), count(other), words_), False
    for name, share, share_before in (
        ("Connect success", now.connect_success, before.connect_success),
        ("Stability", now.stability, before.stability),
        ("Message error rate", now.error_rate, before.error_rate),
    ):
        found = comparison.of_shares(share, share_before)
        points = DASH if found is None else _points(found.size)
        row = (name, percent_text(share.value), percent_text(share_before.value), points)
        yield row, found is not None and found.noticed
    for name in ("p50", "p95", "p99"):
        slow, slow_before = getattr(now.latency_ms, name), getattr(before.latency_ms, name)
        moved = slow / slow_before - 1 if slow and slow_before else None
        found = comparison.of_p95(now.latency_ms, before.latency_ms) if name == "p95" else None
        row = (
            f"Message latency {name}",
            duration_text(slow),
            duration_text(slow_before),
            change(moved) if moved is not None else DASH,
        )
        yield row, found is not None and found.noticed


def _points(size: float) -> str:
    return with_unit(f"{size * 100:+.1f}".replace("-", "\u2212"), "pt")


def _figures(digest: Digest, headline: str, *, has_picture: bool) -> str:
    parts = [html_page.tag("unknown", f"Week {digest.week}"), html_page.title(headline)]
    parts.append(html_page.paragraph(f"{_span(digest)}, against the week before."))
    parts.append(html_page.table(HEADER, [row for row, _ in _rows(digest)]))
    if has_picture:
        parts.append(html_page.heading("Message latency p95; dotted, the week before"))
        about = f"p95 of the week: {duration_text(digest.now.latency_ms.p95)}."
        parts.append(html_page.picture(*CHART, about, chart_image.WIDTH))
    n = f"n = {count(digest.now.latency_ms.n)} messages, {count(digest.now.sessions)} sessions."
    return html_page.panel([*parts, html_page.paragraph(n, quiet=True)])


def _regions(digest: Digest) -> list[str]:
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


def _alerts(digest: Digest, public_url: str | None) -> str:
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
    where = ", ".join(f"{words.NAMES.get(k, k)} {v}" for k, v in line.labels.items())
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


def _span(digest: Digest) -> str:
    last = digest.end - (digest.end - digest.start) / 7
    month = f" {digest.start:%B}" if digest.start.month != last.month else ""
    return f"{digest.start.day}{month} to {last.day} {last:%B} {last.year}"


def _text(digest: Digest, headline: str, foot: str, public_url: str | None) -> str:
    lines = [headline, f"{_span(digest)}, against the week before.", ""]
    lines += [f"{'':24}{'This week':>12}{'Week before':>14}{'Change':>12}"]
    lines += [f"{a:24}{b:>12}{c:>14}{d:>12}" for (a, b, c, d), _ in _rows(digest)]
    if digest.regions:
        lines += ["", "Worst regions (country, latency p95, connect success, stability, sessions):"]
        lines += ["  " + "  ".join(_region_row(region)) for region in digest.regions]
    lines += ["", f"{_alerts_heading(digest)}:"]
    lines += [f"  {_alert_name(line)}, {_alert_time(line)}" for line in digest.alerts]
    lines += [] if digest.alerts else ["  none"]
    lines += ["", *(address for address in _links(digest, public_url) if address)]
    return "\n".join([*lines, "", foot]) + "\n"
