"""The state of the Testing page in its URL: the runs that are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode
from uuid import UUID

from dashboard.core.url_state import View, parameters_of, view_of
from dashboard.page.page import Tab

MOST_RUNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsView(View):
    """What the URL selects beside the view: at most two `runs` in the order of the clicks; none for
    the newest and the one before it."""

    runs: tuple[UUID, ...] = ()

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        shared = View.search(self)
        pairs = [("runs", ",".join(map(str, self.runs)))] if self.runs else []
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs, safe=",")

    def toggling(self, run: UUID, selected: Sequence[UUID]) -> str:
        """The query string with a run added to those `selected` or taken from them; the first of
        two gives way to a third."""
        others = tuple(each for each in selected if each != run)
        runs = others if run in selected else (*others, run)[-MOST_RUNS:]
        return replace(self, runs=runs).search()


class RunsTab(Tab):
    """The tab of the page."""

    def view(self, search: str | None) -> RunsView:
        """The view that a query string selects; an invalid parameter counts as absent."""
        parameters = parameters_of(search)
        shared = view_of(parameters, self.default_range)
        values = {field.name: getattr(shared, field.name) for field in fields(View)}
        runs = map(_id_of, parameters.get("runs", "").split(","))
        named = tuple(dict.fromkeys(run for run in runs if run is not None))
        return RunsView(**{**values, "filters": {}}, runs=named[:MOST_RUNS])


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
