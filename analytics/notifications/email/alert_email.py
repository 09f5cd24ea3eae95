"""The letter about the alerts of one group: one mail for one cause."""

from collections.abc import Sequence

from analytics.notifications import wording as words
from analytics.notifications.advice import advice_for
from analytics.notifications.email import chart_image, html_page, message
from analytics.notifications.email.message import HOW_TO_LINK, Email
from analytics.notifications.email.plot import plot_of
from analytics.notifications.notice import Notice

Help = tuple[tuple[str, tuple[str, ...]], ...]
MOST_IN_FULL = 4  # the others of a large group are named in one line each
MOST_NAMED = 50
LOOKS = {
    "firing": "bad",
    "repeat": "bad",
    "flapping": "warn",
    "error": "warn",
    "no_data": "unknown",
    "resolved": "good",
    "test": "unknown",
}
FOOT = (
    "You get this because this address is a recipient of alerts. "
    "An admin can pause or remove it under Alerts, Recipients. Times are UTC."
)


def alert_letter(notices: Sequence[Notice], public_url: str | None) -> Email:
    """The letter; links lead to `public_url` alone."""
    ordered = sorted(notices, key=lambda notice: words.URGENCY[notice.kind])
    full, rest = ordered[:MOST_IN_FULL], ordered[MOST_IN_FULL:]
    subject = words.subject(ordered)
    pictures: dict[str, bytes] = {}
    blocks = [_introduction(ordered)] if len(ordered) > 1 else []
    helps = _distinct([_help_of(notice) for notice in full])
    for number, (notice, help_) in enumerate(zip(full, helps, strict=True)):
        charts = _charts(notice, number)
        pictures |= charts
        blocks.append(_panel(notice, tuple(charts), help_, public_url))
    blocks += [_rest(rest)] if rest else []
    foot = FOOT if public_url else f"{FOOT} {HOW_TO_LINK}"
    page = html_page.document(subject, words.headline(ordered[0]), blocks, foot)
    return Email(subject, _text(ordered, helps, foot, public_url), page, pictures)


def _introduction(notices: Sequence[Notice]) -> str:
    return html_page.panel([html_page.paragraph(words.group_line(notices))])


def _panel(notice: Notice, charts: Sequence[str], help_: Help, public_url: str | None) -> str:
    parts = [html_page.tag(LOOKS[notice.kind], words.TITLES[notice.kind])]
    if notice.severity and notice.kind != "test":
        parts.append(html_page.tag("unknown", notice.severity))
    parts.append(html_page.title(words.headline(notice)))
    if charts:
        about = f"{words.measured(notice)}: {words.told(notice, notice.value)} now."
        parts.append(html_page.picture(charts[0], charts[1], about, chart_image.WIDTH))
    facts = words.facts(notice)
    if facts:
        parts.append(html_page.facts(facts))
    for heading, lines in help_:
        parts.append(html_page.heading(heading))
        is_list = len(lines) > 1
        parts.append(html_page.steps(lines) if is_list else html_page.paragraph(lines[0]))
    address = message.link(public_url, notice.path)
    if address is not None:
        parts.append(html_page.button("Open this view", address))
    return html_page.panel(parts)


def _help_of(notice: Notice) -> Help:
    """What to do, by the rule and by experience, as (heading, lines)."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if notice.runbook and notice.kind != "resolved":
        found.append(("What to do", (notice.runbook,)))
    advice = advice_for(notice.metric, notice.kind)
    if advice is not None:
        found.append((f"What usually helps with {advice.trouble}", advice.steps))
    return tuple(found)


def _distinct(helps: Sequence[Help]) -> list[Help]:
    """The same without what was said before: one cause needs its advice once."""
    said: set[tuple[str, tuple[str, ...]]] = set()
    found = []
    for help_ in helps:
        found.append(tuple(part for part in help_ if part not in said))
        said.update(help_)
    return found


def _rest(notices: Sequence[Notice]) -> str:
    lines = [f"{words.TITLES[n.kind]}: {words.headline(n)}" for n in notices[:MOST_NAMED]]
    more = len(notices) - MOST_NAMED
    if more > 0:
        lines.append(f"and {more} more.")
    return html_page.panel(
        [html_page.heading("Also in this group", is_first=True), html_page.steps(lines)]
    )


def _charts(notice: Notice, number: int) -> dict[str, bytes]:
    """The light and the dark chart by name, if there is something to draw."""
    plot = plot_of(notice)
    if plot is None:
        return {}
    return {
        f"c{number}light@chart": chart_image.draw(plot, chart_image.LIGHT),
        f"c{number}dark@chart": chart_image.draw(plot, chart_image.DARK),
    }


def _text(
    notices: Sequence[Notice], helps: Sequence[Help], foot: str, public_url: str | None
) -> str:
    parts = [words.group_line(notices)] if len(notices) > 1 else []
    parts += [_plainly(n, help_, public_url) for n, help_ in zip(notices, helps, strict=False)]
    rest = notices[MOST_IN_FULL : MOST_IN_FULL + MOST_NAMED]
    parts += ["\n".join(f"{words.TITLES[n.kind]}: {words.headline(n)}" for n in rest)]
    return "\n\n".join([part for part in parts if part] + [foot]) + "\n"


def _plainly(notice: Notice, help_: Help, public_url: str | None) -> str:
    severity = f", {notice.severity}" if notice.severity and notice.kind != "test" else ""
    lines = [f"{words.TITLES[notice.kind]}{severity}: {words.headline(notice)}"]
    lines += [f"  {question + ':':9}{answer}" for question, answer in words.facts(notice)]
    for heading, steps in help_:
        mark = "- " if len(steps) > 1 else ""
        shown = (f"  {mark}{line}" for step in steps for line in step.splitlines())
        lines += [f"{heading}:", *shown]
    lines.append(message.link(public_url, notice.path) or "")
    return "\n".join(line for line in lines if line)
