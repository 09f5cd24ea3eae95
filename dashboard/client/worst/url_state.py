"""The state of the client Overview in its URL: what "Where it is worst" sets side by side."""

from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from dashboard.core.url_state import LONGEST_VALUE, View, parameters_of, view_of
from dashboard.page.page import Tab
from models.metrics.dimensions import SPLIT_BY


@dataclass(frozen=True, slots=True)
class Versus:
    """A value of a dimension beside another one; `other` empty: beside all other people."""

    dimension: str
    value: str
    other: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """One or two."""
        return (self.value, self.other) if self.other else (self.value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView(View):
    """What the URL selects beside the view: the values that are compared, if any."""

    versus: Versus | None = None

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        shared, versus = View.search(self), self.versus
        if versus is None:
            return shared
        pairs = {"versus": versus.dimension, "value": versus.value}
        pairs |= {"other": versus.other} if versus.other else {}
        return shared + ("&" if len(shared) > 1 else "") + urlencode(pairs)

    def comparing(self, dimension: str, value: str) -> "OverviewView":
        """The view after a click on a value: first, second, or no more of what is compared."""
        current = self.versus
        if current is None or current.dimension != dimension:
            return replace(self, versus=Versus(dimension, value))
        if value not in current.values:
            return replace(self, versus=replace(current, other=value))
        others = [each for each in current.values if each != value]
        return replace(self, versus=Versus(dimension, others[0]) if others else None)


class OverviewTab(Tab):
    """The tab of the client Overview."""

    def view(self, search: str | None) -> OverviewView:
        """The view that a query string selects."""
        parameters = parameters_of(search)
        shared = view_of(parameters, self.default_range)
        dimension, value, other = (
            parameters.get(name, "") for name in ("versus", "value", "other")
        )
        is_versus = dimension in SPLIT_BY and _is_value(value)
        versus = Versus(dimension, value, other if _is_value(other) and other != value else "")
        return OverviewView(
            **{field.name: getattr(shared, field.name) for field in fields(View)},
            versus=versus if is_versus else None,
        )


def _is_value(text: str) -> bool:
    return 0 < len(text) <= LONGEST_VALUE and text.isprintable()
