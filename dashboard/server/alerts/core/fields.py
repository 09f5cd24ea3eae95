"""Form fields of the Alerts page: a label, a control, a unit, a help text and an error message."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.server.alerts.core import alert_ids, time_field
from dashboard.widgets.attributes import html_attributes

LONGEST_TEXT = 256
SPANS = {"1": "1 h", "4": "4 h", "24": "24 h", "168": "7 days"}
AT_ONCE = timedelta(hours=4)  # an acknowledgement without a form
NO_END = ""
UNTIL = "until"  # the last option: CSS shows its field while it is selected


def text(
    form: str,
    name: str,
    label: str,
    value: str = "",
    *,
    unit: str = "",
    hint: str = "",
    help_text: str = "",
) -> Component:
    """One line of text, submitted on blur or Enter; `help_text` stands below."""
    control = dcc.Input(
        id=alert_ids.field(form, name),
        type="text",
        value=value,
        debounce=True,
        maxLength=LONGEST_TEXT,
        placeholder=hint,
        autoComplete="off",
        className="field",
    )
    return _labelled_control(form, name, label, control, unit=unit, help_text=help_text)


def lines(
    form: str,
    name: str,
    label: str,
    value: str,
    *,
    hint: str = "",
    rows: int = 2,
    help_text: str = "",
) -> Component:
    """Several lines of text; `help_text` stands below."""
    control = dcc.Textarea(
        id=alert_ids.field(form, name),
        value=value,
        rows=rows,
        placeholder=hint,
        className="field field-lines",
    )
    return _labelled_control(form, name, label, control, help_text=help_text)


def choice(
    form: str,
    name: str,
    label: str,
    options: Mapping[str, str],
    value: str,
    *,
    searchable: bool = False,
    help_text: str = "",
) -> Component:
    """A dropdown, labels by value; `help_text` stands below."""
    control = dcc.Dropdown(
        id=alert_ids.field(form, name),
        options=choices(options),
        value=value,
        clearable=False,
        searchable=searchable,
        className="field-choice",
    )
    return _labelled_control(form, name, label, control, help_text=help_text)


def several(
    form: str,
    name: str,
    label: str,
    options: Mapping[str, str],
    value: Sequence[str],
    *,
    help_text: str = "",
) -> Component:
    """Checkboxes, labels by value; `help_text` stands below."""
    control = dcc.Checklist(
        id=alert_ids.field(form, name),
        options=choices(options),
        value=list(value),
        className="field-several",
    )
    return _labelled_control(form, name, label, control, help_text=help_text)


def span(form: str, label: str, now: datetime, zone: ZoneInfo, *, for_good: str = "") -> Component:
    """A duration in hours, a time in `zone`, or with `for_good` (its label) no end."""
    options = SPANS | ({NO_END: for_good} if for_good else {}) | {UNTIL: "until …"}
    control = dcc.RadioItems(
        id=alert_ids.field(form, "hours"),
        options=choices(options),
        value="4",
        className="role-choice",
    )
    hint = time_field.example(now, zone)
    return html.Div(
        [
            _labelled_control(form, "hours", label, control),
            text(form, time_field.FIELD, "Until", hint=hint, unit=zone.key),
        ],
        className="span-field",
    )


def choices(options: Mapping[str, str]) -> list[dict[str, Any]]:
    """Options in the form Dash takes."""
    return [{"value": value, "label": label} for value, label in options.items()]


def _labelled_control(
    form: str, name: str, label: str, control: Component, *, unit: str = "", help_text: str = ""
) -> Component:
    """A control with its label. Checkboxes and radio buttons get a group: a `label` would toggle
    the first of them."""
    inner: list[Any] = [control]
    if unit or name in ("fire", "clear", "minimum_n"):
        inner.append(html.Span(unit, id=alert_ids.unit(name), className="field-unit"))
    help_line = (
        [html.Div(help_text, id=alert_ids.help_text(name), className="field-help")]
        if help_text
        else []
    )
    is_group = isinstance(control, dcc.Checklist | dcc.RadioItems)
    wrapper = html.Div if is_group else html.Label
    attributes = {"role": "group", **html_attributes({"aria-label": label})} if is_group else {}
    labelled: Component = wrapper(
        [
            html.Span(label, className="field-label"),
            html.Div(inner, className="field-box"),
            *help_line,
            html.Div(id=alert_ids.fault(form, name), className="field-fault", role="alert"),
        ],
        className=f"form-field form-field-{name.partition('.')[0].replace('_', '-')}",
        **attributes,
    )
    return labelled
