"""The state of a page of anomalies in its URL: metric, severity, incident."""

from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from analytics.anomalies import naming
from analytics.anomalies.selection import SeriesChoice
from dashboard.core.url_state import View, parameters_of, view_of
from dashboard.page.page import Tab

from .severity import STYLES

LONGEST_ID = 15  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomaliesView(View):
    """What the URL selects beside the view: the key of a `metric` and a `severity`, each empty for
    any, and the number of an `incident`: 0 for none, `None` for the most urgent."""

    source: str = "client"
    metric: str = ""
    severity: str = ""
    incident: int | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The filters beside the app: values by dimension."""
        return {name: value for name, value in self.filters.items() if name != "app"}

    @property
    def choice(self) -> SeriesChoice:
        """The series of the chart, as far as the URL says."""
        return SeriesChoice(
            source=self.source, metric=self.metric, app=self.filters.get("app", ""),
            labels=self.labels,
        )  # fmt: skip

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        parameters = {
            "metric": self.metric,
            "severity": self.severity,
            "incident": "" if self.incident is None else str(self.incident),
        }
        pairs = [(name, value) for name, value in parameters.items() if value]
        shared = View.search(self)
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs)

    def opening(self, incident: int | None) -> str:
        """The query string of an incident, or of none."""
        return replace(self, incident=incident).search()

    def drawing(self, metric: str) -> str:
        """The query string of a metric."""
        return replace(self, metric=metric, incident=None).search()

    def of_severity(self, severity: str) -> str:
        """The query string of the incidents of a severity, or of all."""
        return replace(self, severity=severity).search()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomaliesTab(Tab):
    """The tab of a page about the anomalies of a source, `client` or `server`."""

    source: str = "client"

    def view(self, search: str | None) -> AnomaliesView:
        """The view that a query string selects; an invalid parameter counts as absent."""
        parameters = parameters_of(search)
        shared = view_of(parameters, self.default_range)
        metric, number = parameters.get("metric", ""), parameters.get("incident", "")
        severity = parameters.get("severity", "")
        values = {field.name: getattr(shared, field.name) for field in fields(View)}
        values["filters"] = {
            name: value for name, value in shared.filters.items() if name in self.dimensions
        }
        return AnomaliesView(
            **values,
            source=self.source,
            metric=metric if naming.series_of(self.source, metric) else "",
            severity=severity if severity in STYLES else "",
            incident=int(number) if _is_id(number) else None,
        )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
