"""The baselines in the menu of comparisons: links to each, and for admins the form that saves the
range of the page as one."""

from collections.abc import Sequence
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.rules.rule import Source
from analytics.baselines.answers import BaselineResponse
from analytics.baselines.limits import LONGEST_NAME, LONGEST_NOTE
from dashboard.baselines import wording
from dashboard.core.url_state import View
from dashboard.page.filter_bar import BaselineEntries
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, link

NAME, NOTE, SAVE, FAULT = (
    "baseline-name", "baseline-note", "baseline-save", "baseline-fault",
)  # fmt: skip
SOURCES: dict[str, Source] = {"Client": "client", "Server": "server"}  # by section of the page


def entries(
    view: View, baselines: Sequence[BaselineResponse], source: Source, *, may_save: bool
) -> BaselineEntries:
    """Those of `source`; the name is that of the one compared with."""
    of_source = [each for each in baselines if each.source == source]
    names = {each.id: each.name for each in baselines}
    listed = [_entry(view, each) for each in of_source]
    if not listed:
        text = "None yet." if may_save else "None yet: an admin can save a range as one."
        listed = [html.P(text, className="state-words")]
    parts = [
        html.Div("Baselines", className="sheet-title"),
        html.Div(listed, className="entries entries-long"),
        *([_form()] if may_save else []),
    ]
    return BaselineEntries(names.get(view.baseline or 0, "a baseline"), parts)


def _entry(view: View, baseline: BaselineResponse) -> Component:
    """Leads to the view under the filters of the baseline."""
    target = replace(view.with_baseline(baseline.id), filters=dict(baseline.filters))
    filters = f" · {wording.filters_text(baseline.filters)}" if baseline.filters else ""
    css_class = "entry is-chosen" if baseline.id == view.baseline else "entry"
    return link(f"{baseline.name}{filters}", target.search(), css_class)


def _form() -> Component:
    stays = html_attributes({"data-stays": "true"})
    return html.Div(
        [
            html.Div("Save this range, with its filters", className="sheet-title"),
            _field(NAME, "Name", LONGEST_NAME, "Week before 2.4"),
            _field(NOTE, "Note", LONGEST_NOTE, ""),
            html.Div(id=FAULT, className="field-fault", role="alert"),
            button("Save as baseline", SAVE, primary=True, **stays),
        ],
        className="baseline-form",
    )


def _field(component_id: str, label: str, longest: int, hint: str) -> Component:
    control = dcc.Input(
        id=component_id, type="text", value="", maxLength=longest, placeholder=hint,
        autoComplete="off", className="field",
    )  # fmt: skip
    return html.Label(
        [html.Span(label, className="field-label"), html.Div(control, className="field-box")],
        className="form-field",
    )
