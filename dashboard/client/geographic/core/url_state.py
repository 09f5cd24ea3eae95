"""The state of the Geographic page in its URL: metric, continent, country, order, search."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from dashboard.core.url_state import LONGEST_VALUE, View, parameters_of, view_of
from dashboard.page.page import Tab
from models.metrics.dimensions import OTHER, UNKNOWN

from .continents import CONTINENTS, WORLD
from .metrics import DEFAULT_METRIC, REGION_METRICS, RegionMetric

CHANGE = "change"
COLUMNS = ("country", "sessions", "value", "mean", "success")
SIMPLE_CODE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GeographicView(View):
    """What the URL selects beside the view. `selected` is the code of a country, empty for none;
    `sort` a column of the table, with `-` descending, empty for the worst first; `find` a part of a
    country's name; `is_change`: the map is coloured by the difference from the period before."""

    metric: str = DEFAULT_METRIC
    is_change: bool = False
    continent: str = WORLD
    selected: str = ""
    sort: str = ""
    find: str = ""

    @property
    def region_metric(self) -> RegionMetric:
        """The metric of the map."""
        return REGION_METRICS[self.metric]

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        parameters = {
            "metric": "" if self.metric == DEFAULT_METRIC else self.metric,
            "color": CHANGE if self.is_change else "",
            "continent": "" if self.continent == WORLD else self.continent,
            "selected": self.selected,
            "sort": self.sort,
            "find": self.find,
        }
        pairs = [(name, value) for name, value in parameters.items() if value]
        shared = View.search(self)
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs)

    def selecting(self, code: str) -> str:
        """The query string of a country; of the selected one, of none."""
        return replace(self, selected="" if code == self.selected else code).search()

    def sorted_by(self, column: str) -> str:
        """The query string that sorts by a column: ascending, then descending, then by default."""
        order = {"": column, column: f"-{column}", f"-{column}": ""}
        return replace(self, sort=order.get(self.sort, column)).search()


class GeographicTab(Tab):
    """The tab of a page whose view has more than the shared parameters."""

    def view(self, search: str | None) -> GeographicView:
        """The view that a query string selects."""
        return read_view(search, self.default_range)


def read_view(search: str | None, default_preset: str) -> GeographicView:
    """Parses a query string; an invalid parameter counts as absent."""
    parameters = parameters_of(search)
    shared = view_of(parameters, default_preset)
    selected = parameters.get("selected", "")
    sort, find = parameters.get("sort", ""), parameters.get("find", "")
    return GeographicView(
        **{field.name: getattr(shared, field.name) for field in fields(View)},
        metric=_option(parameters, "metric", REGION_METRICS, DEFAULT_METRIC),
        is_change=parameters.get("color") == CHANGE,
        continent=_option(parameters, "continent", CONTINENTS, WORLD),
        selected=selected if _is_code(selected) else "",
        sort=sort if sort.removeprefix("-") in COLUMNS else "",
        find=find if len(find) <= LONGEST_VALUE and find.isprintable() else "",
    )


def _is_code(text: str) -> bool:
    if text in (UNKNOWN, OTHER):
        return True
    return len(text) == SIMPLE_CODE and text.isascii() and text.isalpha() and text.isupper()


def _option(
    parameters: Mapping[str, str], name: str, options: Mapping[str, object], default: str
) -> str:
    value = parameters.get(name, default)
    return value if value in options else default
