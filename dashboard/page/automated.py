"""Says how many sessions of crawlers and probes are left out of a page, and leads to them."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import plural
from dashboard.core.url_state import View
from dashboard.widgets.pieces import link
from models.metrics.dimensions import AUTOMATED, ONLY

MOST_NAMES = 5


def note(view: View, sessions: Mapping[str, int]) -> list[Component]:
    """A link to the sessions left out, by name in its title; a link back where the page displays
    them alone; nothing where there are none."""
    if AUTOMATED in view.filters:
        people = view.without_filter(AUTOMATED).search()
        content: list[str | Component] = ["Crawlers and probes alone · ", link("People", people)]
        return [html.Span(content, className="status-note")]
    if not sessions:
        return []
    names = [f"{name} {number}" for name, number in list(sessions.items())[:MOST_NAMES]]
    names += ["…"] if len(sessions) > MOST_NAMES else []
    text = f"{plural(sum(sessions.values()), 'automated session')} left out"
    only = link(text, view.with_filter(AUTOMATED, ONLY).search())
    title = f"Crawlers, headless checks and uptime probes: {', '.join(names)}"
    return [html.Span(only, title=title, className="status-note")]
