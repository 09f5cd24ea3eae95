"""What the Alerts page shows, as its address says it: which list, which alert, which rule."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.rules.rule import SEVERITIES
from analytics.notifications.delivery.recipient_reports import STATES as OUTCOMES
from dashboard.core.url_state import MOST_PARAMETERS, View, read

LISTS = ("active", "history", "rules", "deliveries", "recipients", "silences")
USUAL_RANGE = "7d"
NEW = 0
LARGEST_NUMBER = 2**53 - 1
SHOWN_STATES = tuple(str(state) for state in State if state is not State.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(View):
    """`alert` is whose story is told, `edit` the rule in the editor (`NEW`: one to be made);
    `severity`, `state` and `rule` filter the history, `outcome` the deliveries."""

    shown: str = LISTS[0]
    alert: int | None = None
    edit: int | None = None
    severity: str = ""
    state: str = ""
    rule: int | None = None
    outcome: str = ""

    def search(self) -> str:
        """The part of the address from `?` on; defaults are left out."""
        own = {
            "list": "" if self.shown == LISTS[0] else self.shown,
            "alert": self.alert,
            "edit": self.edit,
            "severity": self.severity,
            "state": self.state,
            "rule": self.rule,
            "outcome": self.outcome,
        }
        pairs = [(name, str(value)) for name, value in own.items() if value not in ("", None)]
        shared = View.search(self)
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs)

    def listing(self, shown: str) -> str:
        """The address of another list."""
        return replace(
            self, shown=shown, alert=None, edit=None, severity="", state="", rule=None, outcome=""
        ).search()

    def telling(self, alert: int | None) -> str:
        """The address of this list beside the story of an alert."""
        return replace(self, alert=alert, edit=None).search()

    def editing(self, rule: int | None) -> str:
        """The address of this list beside a rule in the editor."""
        return replace(self, edit=rule, alert=None).search()


def read_place(search: str | None) -> Place:
    """What an address asks for; what makes no sense counts as absent."""
    shared = read(search, USUAL_RANGE)
    own = _own(search)
    return Place(
        **{field.name: getattr(shared, field.name) for field in fields(View)},
        shown=_one_of(own, "list", LISTS) or LISTS[0],
        alert=_number(own, "alert", 1),
        edit=_number(own, "edit", NEW),
        severity=_one_of(own, "severity", SEVERITIES),
        state=_one_of(own, "state", SHOWN_STATES),
        rule=_number(own, "rule", 1),
        outcome=_one_of(own, "outcome", OUTCOMES),
    )


def _own(search: str | None) -> Mapping[str, str]:
    try:
        return dict(parse_qsl((search or "").lstrip("?"), max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return {}


def _one_of(given: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = given.get(name, "")
    return value if value in known else ""


def _number(given: Mapping[str, str], name: str, least: int) -> int | None:
    text = given.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        return None
    return int(text) if least <= int(text) <= LARGEST_NUMBER else None
