"""The state of the page in its URL: which pair is drawn, and by what the matrix is made."""

from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from analytics.correlation.measures import PAIRS, pair_key
from dashboard.core.url_state import View, parameters_of, view_of
from dashboard.page.page import Tab

BY_HOURS, BY_SESSIONS = "hours", "sessions"
PAIR_KEYS = frozenset(pair_key(x, y) for x, y in PAIRS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationView(View):
    """What the URL selects beside the view: the key of a `pair`, empty for the strongest, and
    whether the matrix is `by` hours or by sessions."""

    pair: str = ""
    by: str = BY_HOURS

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        parameters = {"pair": self.pair, "by": "" if self.by == BY_HOURS else self.by}
        pairs = [(name, value) for name, value in parameters.items() if value]
        shared = View.search(self)
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs)

    def drawing(self, pair: str) -> str:
        """The query string of a pair."""
        return replace(self, pair=pair).search()

    def made_by(self, by: str) -> str:
        """The query string of the matrix by hours or by sessions."""
        return replace(self, by=by).search()


class CorrelationTab(Tab):
    """The tab of a page whose view has more than the shared parameters."""

    def view(self, search: str | None) -> CorrelationView:
        """The view that a query string selects; an invalid parameter counts as absent."""
        parameters = parameters_of(search)
        shared = view_of(parameters, self.default_range)
        pair = parameters.get("pair", "")
        return CorrelationView(
            **{field.name: getattr(shared, field.name) for field in fields(View)},
            pair=pair if pair in PAIR_KEYS else "",
            by=BY_SESSIONS if parameters.get("by") == BY_SESSIONS else BY_HOURS,
        )
