"""The data of the Geographic page: figures by country, what the map draws of them, and of one
country its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analytics.alerting.answers import RuleResponse
from analytics.country_file.source import CountrySource
from dashboard.core.numbers import plural
from dashboard.page.data import PageData
from dashboard.page.usual import PageUsual
from models.metrics.metric import Worse

from . import classes
from .classes import Classes
from .continents import CONTINENTS, Continent
from .metrics import LEAST_STEP, RegionMetric, Scale
from .outlines import is_drawn, shape_of
from .regions import LEAST_SESSIONS, GeographicReport, Region
from .url_state import GeographicView

LEAST_CHANGE, LEAST_RELATIVE = 0.005, 0.05  # of shares, and of all else


@dataclass(frozen=True, slots=True)
class MapValue:
    """A country on the map; `value` is what it is coloured by, `None` for too few sessions."""

    code: str
    value: float | None


@dataclass(frozen=True, kw_only=True)
class GeographicData(PageData[GeographicReport]):
    """What the panels draw. `source` is whose the country file is; `rules` are all alert
    rules; `small_usual` is what is usual in each of the worst countries."""

    view: GeographicView
    source: CountrySource | None = None
    rules: Sequence[RuleResponse] = ()
    is_admin: bool = False
    small_usual: Mapping[str, PageUsual] = field(default_factory=dict)

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.current.has_before

    @property
    def metric(self) -> RegionMetric:
        """The metric of the map."""
        return self.view.region_metric

    @property
    def continent(self) -> Continent:
        """The part of the world that the map covers."""
        return CONTINENTS[self.view.continent]

    @property
    def is_change(self) -> bool:
        """Whether the map is coloured by the difference from the period before."""
        is_compared = self.metric.scale is not Scale.COUNT and self.has_before
        return self.view.is_change and is_compared

    @cached_property
    def listed(self) -> list[Region]:
        """The countries of the continent."""
        return [each for each in self.current.regions if self.continent.has(each.code)]

    @cached_property
    def selected(self) -> Region | None:
        """The selected country, if it has reports."""
        everywhere = (*self.current.regions, *self.current.elsewhere)
        return next((each for each in everywhere if each.code == self.view.selected), None)

    @cached_property
    def worst(self) -> list[Region]:
        """The countries with enough sessions: those surely worse than all others first, then by
        value."""
        regions = {each.code: each for each in self.current.regions}
        return [regions[code] for code in self.current.worst if code in regions]

    @property
    def no_worst(self) -> str:
        """Why no country is ranked."""
        if not self.current.world.is_counted:
            return "Sessions are not counted, so no country is ranked."
        return f"No country has {LEAST_SESSIONS} sessions."

    def rules_of(self, code: str) -> list[RuleResponse]:
        """The rules that watch a country."""
        return [each for each in self.rules if _watches(each, code)]

    @property
    def intervals_note(self) -> str:
        """What intervals are of, or why they are not known."""
        return self.current.not_counted.get(
            "intervals", "95 % intervals between sessions; hollow: too few for one"
        )

    @property
    def no_countries(self) -> str:
        """Why there is no country to draw, and what to do about it."""
        if self.current.regions:
            return f"No reports from {self.continent.label} in this range."
        world = self.current.world
        people = plural(world.sessions, "session") if world.is_counted else "Reports"
        return (
            f"{people}, all of unknown country: their addresses are private, or the country "
            "database does not know them. Behind a proxy, set TRUSTED_PROXY_HOPS."
        )

    @property
    def off_map(self) -> list[Region]:
        """The countries with neither a shape nor a place."""
        return [each for each in self.listed if not is_drawn(each.code)]

    @cached_property
    def map_values(self) -> list[MapValue]:
        """What each country is coloured by."""
        return [MapValue(each.code, self.shade(each)) for each in self.listed]

    def shade(self, region: Region) -> float | None:
        """The value that colours a country; `None` for too few sessions, or without a value."""
        if region.is_small and self.metric.scale is not Scale.COUNT:
            return None
        if not self.is_change:
            return region.value(self.metric.key)
        now, before = region.figures.get(self.metric.key), region.before.get(self.metric.key)
        if now is None or before is None or now.value is None or before.value is None:
            return None
        if self.metric.scale is Scale.SHARE:
            return now.value - before.value
        return now.value / before.value - 1 if before.value else None

    @cached_property
    def classes(self) -> Classes:
        """The classes of colour. Countries drawn as points follow those of the shapes, so that an
        extreme value of a small country changes no colour but its own."""
        values = _shades(each for each in self.map_values if shape_of(each.code))
        values = values or _shades(self.map_values)
        if self.is_change:
            is_share = self.metric.scale is Scale.SHARE
            least = LEAST_CHANGE if is_share else LEAST_RELATIVE
            return classes.of_changes(values, least, is_relative=not is_share)
        return classes.of_values(
            values, LEAST_STEP[self.metric.scale], is_low_deep=self.metric.worse is Worse.DOWN
        )

    def color_of(self, region: Region) -> str:
        """The token of a country's colour."""
        shade = self.shade(region)
        return "--map-small" if shade is None else self.classes.color(shade)


def _shades(values: Iterable[MapValue]) -> list[float]:
    return [each.value for each in values if each.value is not None]


def _watches(stored: RuleResponse, code: str) -> bool:
    rule = stored.rule
    if rule is None or rule.source != "client" or not rule.enabled:
        return False
    others = {*rule.filters} - {"country"}
    is_of_country = rule.filters.get("country") == code or rule.split_by == "country"
    return is_of_country and not others
