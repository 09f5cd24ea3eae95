"""The email about a group of alerts: one mail for one cause."""

from collections.abc import Sequence

from analytics.notifications import wording
from analytics.notifications.advice import advice_for
from analytics.notifications.email import chart_image, html_page, message
from analytics.notifications.email.message import HOW_TO_LINK, Email
from analytics.notifications.email.plot import plot_of
from analytics.notifications.notice import Notice

AdviceSections = tuple[tuple[str, tuple[str, ...]], ...]
MAX_DETAILED = 4  # further notices of the group get one line each
MAX_LISTED = 50
TONES = {
    "firing": "bad",
    "repeat": "bad",
    "flapping": "warn",
    "error": "warn",
    "no_data": "unknown",
    "resolved": "good",
    "test": "unknown",
}
FOOTER = (
    "You get this because this address is a recipient of alerts. "
    "An admin can pause or remove it under Alerts, Recipients. Times are UTC."
)


def compose_alert_email(notices: Sequence[Notice], public_url: str | None) -> Email:
    """The email; links lead to `public_url` alone."""
    ordered = sorted(notices, key=lambda notice: wording.URGENCY[notice.kind])
    detailed, remaining = ordered[:MAX_DETAILED], ordered[MAX_DETAILED:]
    subject = wording.subject(ordered)
    pictures: dict[str, bytes] = {}
    blocks = [_introduction(ordered)] if len(ordered) > 1 else []
    advice = _without_repeats([_advice_sections(notice) for notice in detailed])
    for position, (notice, sections) in enumerate(zip(detailed, advice, strict=True)):
        charts = _charts(notice, position)
        pictures |= charts
        blocks.append(_panel(notice, tuple(charts), sections, public_url))
    blocks += [_remaining_panel(remaining)] if remaining else []
    footer = FOOTER if public_url else f"{FOOTER} {HOW_TO_LINK}"
    page = html_page.document(subject, wording.headline(ordered[0]), blocks, footer)
    return Email(subject, _text(ordered, advice, footer, public_url), page, pictures)


def _introduction(notices: Sequence[Notice]) -> str:
    return html_page.panel([html_page.paragraph(wording.group_line(notices))])


def _panel(
    notice: Notice, charts: Sequence[str], sections: AdviceSections, public_url: str | None
) -> str:
    parts = [html_page.tag(TONES[notice.kind], wording.title(notice))]
    if notice.severity and notice.kind != "test":
        parts.append(html_page.tag("unknown", notice.severity))
    parts.append(html_page.title(wording.headline(notice)))
    if charts:
        about = f"{wording.measure_text(notice)}: {wording.value_text(notice, notice.value)}"
        about += f"{wording.compared_text(notice)} now."
        parts.append(html_page.picture(charts[0], charts[1], about, chart_image.WIDTH))
    details = wording.details(notice)
    if details:
        parts.append(html_page.detail_table(details))
    for heading, lines in sections:
        parts.append(html_page.heading(heading))
        is_list = len(lines) > 1
        parts.append(html_page.steps(lines) if is_list else html_page.paragraph(lines[0]))
    address = message.link(public_url, notice.path)
    if address is not None:
        parts.append(html_page.button("Open this view", address))
    return html_page.panel(parts)


def _advice_sections(notice: Notice) -> AdviceSections:
    """The rule's runbook and the general advice, as (heading, lines)."""
    sections: list[tuple[str, tuple[str, ...]]] = []
    if notice.runbook and notice.kind != "resolved":
        sections.append(("What to do", (notice.runbook,)))
    advice = advice_for(notice.metric, notice.kind)
    if advice is not None:
        sections.append((f"What usually helps with {advice.problem}", advice.steps))
    return tuple(sections)


def _without_repeats(advice: Sequence[AdviceSections]) -> list[AdviceSections]:
    """The sections of each notice without those of earlier ones: advice is printed once."""
    listed: set[tuple[str, tuple[str, ...]]] = set()
    distinct = []
    for sections in advice:
        distinct.append(tuple(section for section in sections if section not in listed))
        listed.update(sections)
    return distinct


def _remaining_panel(notices: Sequence[Notice]) -> str:
    lines = [f"{wording.title(n)}: {wording.headline(n)}" for n in notices[:MAX_LISTED]]
    more = len(notices) - MAX_LISTED
    if more > 0:
        lines.append(f"and {more} more.")
    return html_page.panel(
        [html_page.heading("Also in this group", is_first=True), html_page.steps(lines)]
    )


def _charts(notice: Notice, number: int) -> dict[str, bytes]:
    """The light and the dark chart as PNG by content id; empty without enough history."""
    plot = plot_of(notice)
    if plot is None:
        return {}
    return {
        f"c{number}light@chart": chart_image.draw(plot, chart_image.LIGHT),
        f"c{number}dark@chart": chart_image.draw(plot, chart_image.DARK),
    }


def _text(
    notices: Sequence[Notice], advice: Sequence[AdviceSections], footer: str, public_url: str | None
) -> str:
    parts = [wording.group_line(notices)] if len(notices) > 1 else []
    parts += [
        _plain_text(n, sections, public_url) for n, sections in zip(notices, advice, strict=False)
    ]
    remaining = notices[MAX_DETAILED : MAX_DETAILED + MAX_LISTED]
    parts += ["\n".join(f"{wording.title(n)}: {wording.headline(n)}" for n in remaining)]
    return "\n\n".join([part for part in parts if part] + [footer]) + "\n"


def _plain_text(notice: Notice, sections: AdviceSections, public_url: str | None) -> str:
    severity = f", {notice.severity}" if notice.severity and notice.kind != "test" else ""
    lines = [f"{wording.title(notice)}{severity}: {wording.headline(notice)}"]
    lines += [f"  {label + ':':9}{text}" for label, text in wording.details(notice)]
    for heading, steps in sections:
        bullet = "- " if len(steps) > 1 else ""
        step_lines = (f"  {bullet}{line}" for step in steps for line in step.splitlines())
        lines += [f"{heading}:", *step_lines]
    lines.append(message.link(public_url, notice.path) or "")
    return "\n".join(line for line in lines if line)
