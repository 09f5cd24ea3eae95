"""The state of the page in its URL: the endings whose connections are listed."""

import re
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from dashboard.core.url_state import View, parameters_of, view_of
from dashboard.page.page import Tab

_ending = re.compile(r"[1-4][0-9]{3}(/[a-z]{4,6})?|unknown|left|none", re.ASCII)
FILTERED = ("app",)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsView(View):
    """What the URL selects beside the view: the connections of one cell, by how `server` and
    `browser` saw them end; both empty for all."""

    server: str = ""
    browser: str = ""

    @property
    def has_endings(self) -> bool:
        """Whether the connections of one cell are selected."""
        return bool(self.server and self.browser)

    def search(self) -> str:
        """The query string from `?` on; defaults are omitted."""
        shared = View.search(self)
        pairs = {"server": self.server, "browser": self.browser} if self.has_endings else {}
        return shared + ("&" if len(shared) > 1 and pairs else "") + urlencode(pairs, safe="/")

    def toggling(self, server: str, browser: str) -> str:
        """The query string that selects a cell, or takes the selected one back."""
        is_selected = (server, browser) == (self.server, self.browser)
        endings = ("", "") if is_selected else (server, browser)
        return replace(self, server=endings[0], browser=endings[1]).search()


class EndsTab(Tab):
    """The tab of the page."""

    def view(self, search: str | None) -> EndsView:
        """The view that a query string selects; an invalid parameter counts as absent."""
        parameters = parameters_of(search)
        shared = view_of(parameters, self.default_range)
        values = {field.name: getattr(shared, field.name) for field in fields(View)}
        values["filters"] = {k: v for k, v in shared.filters.items() if k in FILTERED}
        server, browser = (parameters.get(side, "") for side in ("server", "browser"))
        if not (_ending.fullmatch(server) and _ending.fullmatch(browser)):
            server = browser = ""
        return EndsView(**values, server=server, browser=browser)
