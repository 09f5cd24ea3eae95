"""The figures above: how many connections both ends told of, and how many of those agree."""

from dash import html
from dash.development.base_component import Component

from analytics.both_ends.agreement import EndsVerdict
from analytics.both_ends.responses import EndingCount
from analytics.both_ends.sentences import ending_text
from dashboard.core.numbers import DASH, count, percent, percent_text, plural
from dashboard.widgets import card
from dashboard.widgets.card import Card

from .data import EndsData

LABELS = ("Connections", "Both ends told", "Agree", "Commonest disagreement")


def layout(page_data: EndsData) -> list[Component]:
    """The cards."""
    counts, agree = page_data.counts, page_data.counts.agree
    interval = ""
    if agree.low is not None and agree.high is not None:
        interval = f"{percent_text(agree.low)} to {percent_text(agree.high)}"
    common = commonest(page_data)
    cells = [
        Card(label=LABELS[0], value=count(counts.connections), note="with an id of their own"),
        Card(
            label=LABELS[1],
            value=count(counts.met),
            note=f"server alone {count(counts.only_server)}, "
            f"browser alone {count(counts.only_browser)}",
        ),
        Card(
            label=LABELS[2],
            value=percent(agree.value),
            unit="" if agree.value is None else "%",
            note=interval or "nothing to compare",
            n=f"n = {plural(agree.n, 'connection')}",
        ),
        Card(
            label=LABELS[3],
            value=count(common.connections) if common else count(0) if agree.n else DASH,
            note=_pair(common) if common else "none" if agree.n else "nothing to compare",
        ),
    ]
    return [card.layout(cell) for cell in cells]


def commonest(page_data: EndsData) -> EndingCount | None:
    """The pair of endings that disagrees most often."""
    disagreeing = (e for e in page_data.counts.endings if e.verdict is EndsVerdict.DISAGREE)
    return next(disagreeing, None)


def sentence(page_data: EndsData) -> list[Component]:
    """The commonest disagreement, where there is one."""
    common = commonest(page_data)
    if common is None or not page_data.counts.agree.n:
        return []
    share = percent_text(common.connections / page_data.counts.agree.n)
    text = (
        f"{share} of the connections that both ends told of ended as {ending_text(common.server)} "
        f"for the server, and as {ending_text(common.browser)} for the browser."
    )
    return [html.Span(text)]


def _pair(common: EndingCount) -> str:
    return f"server {common.server.partition('/')[0]}, browser {common.browser.partition('/')[0]}"
