"""The state of the Alerts page in its URL: list, selected alert, rule in the editor, filters."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from analytics.alerting.rules.rule import SEVERITIES
from analytics.anomalies.detection.severity import Severity
from analytics.notifications.delivery.recipient_reports import STATES as OUTCOMES
from dashboard.core.url_state import LONGEST_VALUE, View, parameters_of, view_of
from models.metrics.alert_state import State

LISTS = ("active", "history", "rules", "deliveries", "recipients", "silences")
HISTORY_RANGE = "7d"
NEW_RULE_ID = 0
LARGEST_NUMBER = 2**53 - 1
LISTED_STATES = tuple(str(state) for state in State if state is not State.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsUrlState(View):
    """`alert` is the id whose timeline is open, `edit` that of the rule in the editor
    (`NEW_RULE_ID`: a new one, with `anomalies_of` a metric as `source/key` and of a `level`, the
    severity of incidents, one about these); `severity`, `state` and `rule` filter the history,
    `outcome` the deliveries."""

    list_name: str = LISTS[0]
    alert: int | None = None
    edit: int | None = None
    anomalies_of: str = ""
    level: str = ""
    severity: str = ""
    state: str = ""
    rule: int | None = None
    outcome: str = ""

    def search(self) -> str:
        """The query string with its `?`; defaults are left out."""
        parameters = {
            "list": "" if self.list_name == LISTS[0] else self.list_name,
            "alert": self.alert,
            "edit": self.edit,
            "anomalies_of": self.anomalies_of,
            "level": self.level,
            "severity": self.severity,
            "state": self.state,
            "rule": self.rule,
            "outcome": self.outcome,
        }
        pairs = [
            (name, str(value)) for name, value in parameters.items() if value not in ("", None)
        ]
        shared = View.search(self)
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs)

    def list_address(self, list_name: str) -> str:
        """The query string of another list."""
        return replace(
            self,
            list_name=list_name,
            alert=None,
            edit=None,
            anomalies_of="",
            level="",
            severity="",
            state="",
            rule=None,
            outcome="",
        ).search()

    def alert_address(self, alert: int | None) -> str:
        """The query string of this list beside the timeline of an alert."""
        return replace(self, alert=alert, edit=None, anomalies_of="", level="").search()

    def editor_address(self, rule: int | None) -> str:
        """The query string of this list beside a rule in the editor."""
        return replace(self, edit=rule, alert=None, anomalies_of="", level="").search()


def read_url_state(search: str | None) -> AlertsUrlState:
    """The state in a query string; invalid parameters count as absent."""
    parameters = parameters_of(search)
    shared = view_of(parameters, HISTORY_RANGE)
    return AlertsUrlState(
        **{field.name: getattr(shared, field.name) for field in fields(View)},
        list_name=_option(parameters, "list", LISTS) or LISTS[0],
        alert=_integer(parameters, "alert", 1),
        edit=_integer(parameters, "edit", NEW_RULE_ID),
        anomalies_of=parameters.get("anomalies_of", "")[:LONGEST_VALUE],
        level=_option(parameters, "level", tuple(Severity)),
        severity=_option(parameters, "severity", SEVERITIES),
        state=_option(parameters, "state", LISTED_STATES),
        rule=_integer(parameters, "rule", 1),
        outcome=_option(parameters, "outcome", OUTCOMES),
    )


def _option(parameters: Mapping[str, str], name: str, options: tuple[str, ...]) -> str:
    value = parameters.get(name, "")
    return value if value in options else ""


def _integer(parameters: Mapping[str, str], name: str, minimum: int) -> int | None:
    text = parameters.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        return None
    return int(text) if minimum <= int(text) <= LARGEST_NUMBER else None
