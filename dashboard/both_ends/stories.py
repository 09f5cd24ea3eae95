"""The panel of single connections: both ends on one line of time, and what disagrees."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from analytics.both_ends.agreement import EndsVerdict
from analytics.both_ends.responses import BrowserEnding, ConnectionStory, ServerEnding
from analytics.both_ends.sentences import ending_text
from dashboard.charts.time_axis import chart_time
from dashboard.core.numbers import DASH, count, duration_text, plural
from dashboard.core.times import moment
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

from .data import LISTED, EndsData

VERDICTS = {
    EndsVerdict.AGREE: ("Agree", "plain"),
    EndsVerdict.DISAGREE: ("Disagree", "warn"),
    EndsVerdict.NOT_COMPARABLE: ("Not comparable", "unknown"),
    EndsVerdict.HALF: ("One end told", "unknown"),
}


class Lane(NamedTuple):
    """One end on the line: when it was open, and in words."""

    name: str
    opened_at: datetime
    ended_at: datetime
    text: str


def panel(side: str) -> Panel:
    """The panel on the page of `side`."""
    return Panel(
        name=f"{side}-stories",
        title="Single connections",
        explain=(
            "the newest connections of the range, or of the cell selected above. Bars run from "
            "open to the end noticed, by the clock of each end, which may differ. The browser "
            "counts messages of every kind, the monitor's own pings too."
        ),
        css_class="panel-full panel-natural",
    )


def draw(page_data: EndsData) -> PanelContent:
    """The content of the panel."""
    stories, selection = page_data.stories, page_data.selection
    to_all = [link("Show all", selection.toggling(selection.server, selection.browser))]
    return PanelContent(
        unit=f"newest first, at most {LISTED}, kept 7 days",
        body=html.Div([_story(page_data, story) for story in stories], className="stories"),
        foot=[
            f"n = {plural(len(stories), 'connection')}",
            html.Span(to_all) if selection.has_endings else "",
        ],
        table=_csv(page_data),
        is_empty=not stories,
        empty_text="No single connection of this selection is kept: they are kept for 7 days.",
    )


def _story(page_data: EndsData, story: ConnectionStory) -> Component:
    label, variant = VERDICTS[story.verdict]
    lanes = [*_lanes(story)]
    start = min(lane.opened_at for lane in lanes)
    length = max(max(lane.ended_at for lane in lanes) - start, timedelta(milliseconds=1))
    return html.Article(
        [
            html.Header(
                [
                    html.B(moment(story.ended_at, page_data.now, page_data.zone), className="num"),
                    html.Span(story.app, className="clip"),
                    tag(label, variant),
                    html.Span(str(story.id)[:8], className="faint num", title=str(story.id)),
                ],
                className="story-head",
            ),
            html.P(story.sentence, className="story-sentence"),
            *(_lane(lane, start, length) for lane in lanes),
        ],
        className="story",
    )


def _lanes(story: ConnectionStory) -> Iterator[Lane]:
    if story.browser is not None:
        yield _lane_of("Browser", story.browser, story.browser_ending)
    if story.server is not None:
        yield _lane_of("Server", story.server, story.server_ending)


def _lane_of(name: str, end: BrowserEnding | ServerEnding, ending: str) -> Lane:
    open_ms = end.open_ms or 0
    lasted = "never open" if end.open_ms is None else duration_text(open_ms)
    messages = f"{count(end.sent)} sent, {count(end.received)} received"
    opened_at = end.ended_at - timedelta(milliseconds=open_ms)
    return Lane(name, opened_at, end.ended_at, f"{ending_text(ending)} · {lasted} · {messages}")


def _lane(lane: Lane, start: datetime, length: timedelta) -> Component:
    begin = (lane.opened_at - start) / length
    share = (lane.ended_at - lane.opened_at) / length
    bar = html.Span(
        className="lane-bar", style={"left": f"{begin:.2%}", "width": f"max({share:.2%}, 2px)"}
    )
    return html.Div(
        [
            html.Span(lane.name, className="lane-name"),
            html.Span(bar, className="lane-time"),
            html.Span(lane.text, className="lane-text num"),
        ],
        className=f"lane lane-{lane.name.lower()}",
    )


def _csv(page_data: EndsData) -> Table:
    columns = [
        column("id", "Id", "text"), column("app", "App", "text"), column("ended", "Ended", "time"),
        column("verdict", "EndsVerdict", "text"), column("server", "Server", "text"),
        column("browser", "Browser", "text"),
        *(column(f"{side}_{key}", f"{side.capitalize()}, {name}", kind)
          for side in ("server", "browser")
          for key, name, kind in (("open_ms", "open", "ms"), ("sent", "sent", "count"),
                                  ("received", "received", "count"))),
        column("sentence", "Sentence", "text"),
    ]  # fmt: skip
    return Table(columns, [_cells(story) for story in page_data.stories])


def _cells(story: ConnectionStory) -> list[str | int | None]:
    sides: list[ServerEnding | BrowserEnding | None] = [story.server, story.browser]
    numbers = [
        None if side is None else getattr(side, name)
        for side in sides
        for name in ("open_ms", "sent", "received")
    ]
    ends = [story.server_ending, story.browser_ending]
    own = [str(story.id), story.app, chart_time(story.ended_at), story.verdict.value, *ends]
    return [*own, *numbers, story.sentence or DASH]
