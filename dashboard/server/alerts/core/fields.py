"""Fields of the forms of the Alerts page: a label, a control, a unit, and the place of a fault."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.server.alerts.core import alert_ids, time_field
from dashboard.widgets.attributes import marked

LONGEST_TEXT = 256
SPANS = {"1": "1 h", "4": "4 h", "24": "24 h", "168": "7 days"}
FOR_GOOD = ""
UNTIL = "until"  # the last one: its field is shown beneath while it is chosen


def text(
    form: str, name: str, label: str, value: str = "", *, unit: str = "", hint: str = ""
) -> Component:
    """One line of text, taken when it is left."""
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
    return _held(form, name, label, control, unit=unit)


def lines(
    form: str,
    name: str,
    label: str,
    value: str,
    *,
    hint: str = "",
    rows: int = 2,
    words: str = "",
) -> Component:
    """Several lines of text, taken when they are left; `words` stand below and say what fits."""
    control = dcc.Textarea(
        id=alert_ids.field(form, name),
        value=value,
        rows=rows,
        placeholder=hint,
        className="field field-lines",
    )
    return _held(form, name, label, control, words=words)


def choice(
    form: str,
    name: str,
    label: str,
    options: Mapping[str, str],
    value: str,
    *,
    searchable: bool = False,
) -> Component:
    """One of some."""
    control = dcc.Dropdown(
        id=alert_ids.field(form, name),
        options=choices(options),
        value=value,
        clearable=False,
        searchable=searchable,
        className="field-choice",
    )
    return _held(form, name, label, control)


def several(
    form: str, name: str, label: str, options: Mapping[str, str], value: Sequence[str]
) -> Component:
    """Any of some."""
    control = dcc.Checklist(
        id=alert_ids.field(form, name),
        options=choices(options),
        value=list(value),
        className="field-several",
    )
    return _held(form, name, label, control)


def span(form: str, label: str, now: datetime, zone: ZoneInfo, *, for_good: str = "") -> Component:
    """For how long, in hours; until a time on the clocks of `zone`; possibly for good."""
    options = SPANS | ({FOR_GOOD: for_good} if for_good else {}) | {UNTIL: "until …"}
    control = dcc.RadioItems(
        id=alert_ids.field(form, "hours"),
        options=choices(options),
        value="4",
        className="role-choice",
    )
    hint = time_field.example(now, zone)
    return html.Div(
        [
            _held(form, "hours", label, control),
            text(form, time_field.FIELD, "Until", hint=hint, unit=zone.key),
        ],
        className="span-held",
    )


def choices(options: Mapping[str, str]) -> list[dict[str, Any]]:
    """Options as Dash takes them."""
    return [{"value": value, "label": label} for value, label in options.items()]


def _held(
    form: str, name: str, label: str, control: Component, *, unit: str = "", words: str = ""
) -> Component:
    """A control with its label; one made of several boxes is a group, for a label presses one."""
    inner: list[Any] = [control]
    if unit or name in ("fire", "clear", "minimum_n"):
        inner.append(html.Span(unit, id=alert_ids.unit(name), className="field-unit"))
    said = [html.Div(words, id=alert_ids.words(name), className="field-words")] if words else []
    is_group = isinstance(control, dcc.Checklist | dcc.RadioItems)
    holder = html.Div if is_group else html.Label
    described = {"role": "group", **marked({"aria-label": label})} if is_group else {}
    held: Component = holder(
        [
            html.Span(label, className="field-label"),
            html.Div(inner, className="field-box"),
            *said,
            html.Div(id=alert_ids.fault(form, name), className="field-fault", role="alert"),
        ],
        className=f"field-held held-{name.partition('.')[0].replace('_', '-')}",
        **described,
    )
    return held
