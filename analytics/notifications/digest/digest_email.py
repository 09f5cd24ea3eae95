"""The digest email: a headline, the figures, a latency chart, regions and alerts."""

from analytics.formatting.numbers import (
    change,
    count,
    duration_text,
    percent_text,
    plural,
)
from analytics.formatting.times import length
from analytics.geo.countries import country_name
from analytics.notifications import wording
from analytics.notifications.digest.digest import AlertLine, Digest, Region
from analytics.notifications.digest.figure_rows import LATENCY, by_meaning, figure_rows
from analytics.notifications.email import chart_image, html_page, message
from analytics.notifications.email.message import HOW_TO_LINK, Email
from analytics.notifications.email.plot import Plot
from models.metrics.client_catalogue import METRICS

CHART = ("light@chart", "dark@chart")
FOOTER = (
    "You get this every Monday because this address wants the weekly digest. "
    "An admin can switch it off under Alerts, Recipients. Times are UTC."
)
REGION_FIGURES = (
    f"{LATENCY.label} p95",
    METRICS["connect_success"].label,
    METRICS["stability"].label,
    "Sessions",
)
HEADER = ("", "This week", "Week before", "Change")


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
    significant = [f"{row.name} {row.change_text}" for row in by_meaning(figure_rows(digest))]
    fired = plural(digest.alert_count, "alert") if digest.alert_count else "no alert"
    if not digest.before.sessions:
        return f"{plural(digest.now.sessions, 'session')}, {fired}; nothing to compare with yet."
    if not significant:
        relative_change = change(digest.now.sessions / digest.before.sessions - 1)
        sessions = f"{plural(digest.now.sessions, 'session')} ({relative_change})"
        return f"{sessions}, {fired}; nothing else changed beyond chance."
    return f"{', '.join(significant)}; {fired}."


def _figures_panel(digest: Digest, headline: str, *, has_picture: bool) -> str:
    parts = [html_page.tag("unknown", f"Week {digest.week}"), html_page.title(headline)]
    parts.append(html_page.paragraph(f"{_date_range(digest)}, against the week before."))
    parts.append(html_page.table(HEADER, [row.cells for row in figure_rows(digest)]))
    if has_picture:
        parts.append(html_page.heading(f"{LATENCY.label} p95; dotted, the week before"))
        about = f"p95 of the week: {duration_text(digest.now.latency_ms.p95)}."
        parts.append(html_page.picture(*CHART, about, chart_image.WIDTH))
    n = f"n = {count(digest.now.latency_ms.n)} messages, {count(digest.now.sessions)} sessions."
    if digest.has_two_rules:
        n += f" {TWO_RULES}"
    return html_page.panel([*parts, html_page.paragraph(n, quiet=True)])


def _regions_panel(digest: Digest) -> list[str]:
    if not digest.regions:
        return []
    header = ("Country", *REGION_FIGURES)
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
        country_name(region.country),
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
    where = wording.names_text(line.labels)
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
    lines += [f"{'':26}{'This week':>12}{'Week before':>14}{'Change':>22}"]
    rows = [row.cells for row in figure_rows(digest)]
    lines += [f"{name:26}{now:>12}{before:>14}{change:>22}" for name, now, before, change in rows]
    lines += ["", TWO_RULES] if digest.has_two_rules else []
    if digest.regions:
        columns = ", ".join(("country", *REGION_FIGURES))
        lines += ["", f"Worst regions ({columns}):"]
        lines += ["  " + "  ".join(_region_row(region)) for region in digest.regions]
    lines += ["", f"{_alerts_heading(digest)}:"]
    lines += [f"  {_alert_name(line)}, {_alert_time(line)}" for line in digest.alerts]
    lines += [] if digest.alerts else ["  none"]
    lines += ["", *(address for address in _links(digest, public_url) if address)]
    return "\n".join([*lines, "", footer]) + "\n"
