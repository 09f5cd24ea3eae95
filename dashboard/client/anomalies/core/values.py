"""Values of judged metrics as text, and as their charts draw them."""

from dataclasses import dataclass

from analytics.anomalies import naming
from analytics.anomalies.answers import IncidentResponse
from dashboard.core.numbers import (
    DASH,
    MINUS,
    change,
    duration_text,
    figures,
    percent_text,
    signed_points,
    size_text,
    with_unit,
)
from dashboard.server.history.units import UNITS, noun_of


@dataclass(frozen=True, slots=True)
class MetricText:
    """The metric `key` of a source in words."""

    source: str
    key: str

    @property
    def label(self) -> str:
        """`Round trip p95`."""
        return naming.label_of(self.source, self.key)

    @property
    def unit(self) -> str:
        """The unit of its series: `count`, `share`, `ms`, `bytes`, or a word."""
        series = naming.series_of(self.source, self.key)
        return series.unit if series else "number"

    @property
    def chart_unit(self) -> str:
        """What the axis counts in; empty of counts, which are those of a step."""
        if self.unit == "count":
            return ""
        return UNITS[self.unit].label if self.unit in UNITS else self.unit

    @property
    def kind(self) -> str:
        """The kind of its column in tables."""
        return {"share": "share", "ms": "ms"}.get(self.unit, "number")

    @property
    def factor(self) -> float:
        """From a value to its place on the axis."""
        return UNITS[self.unit].factor if self.unit in UNITS else 1.0

    @property
    def noun(self) -> str:
        """What n counts."""
        series = naming.series_of(self.source, self.key)
        return noun_of(series) if series else "value"

    def text(self, value: float | None) -> str:
        """A value with its unit; a dash for none."""
        if value is None:
            return DASH
        if self.unit == "share":
            return percent_text(value)
        if self.unit == "ms":
            return duration_text(value)
        if self.unit == "bytes":
            return size_text(value)
        return figures(value) if self.unit in UNITS else with_unit(figures(value), self.unit)

    def deviation(self, absolute: float | None, percent: float | None) -> str:
        """`+0.23 (+288 %)`; empty without a value."""
        if absolute is None:
            return ""
        if self.unit == "share":
            text = signed_points(absolute)
        else:
            sign = "+" if absolute >= 0 else MINUS
            text = sign + self.text(abs(absolute))
        return text if percent is None else f"{text} ({change(percent / 100)})"


def peak_text(incident: IncidentResponse) -> str:
    """The value at the peak."""
    if incident.observed is None:
        return "none" if incident.kind == "no data" else DASH
    return MetricText(incident.source, incident.metric).text(incident.observed)
