"""What every page under /admin/ is: an address, a title, a tab, a layout, and its callbacks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import dash
from dash.development.base_component import Component

from analytics.permission.actor import Actor
from analytics.services.services import Services
from dashboard.core import url_state

Register = Callable[[dash.Dash, Services], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """The place of a page in the navigation, and what its URL selects by default.

    Without a `section` the page is reached from the menu of the user. `dimensions` (name to label)
    are those it can be filtered by; `is_compared`: with another period. `has_firing_count` adds the
    number of firing alerts.
    """

    label: str
    section: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    default_range: str = url_state.DEFAULT_RANGE
    is_for_admins: bool = False
    has_firing_count: bool = False
    is_compared: bool = True

    def is_visible_to(self, actor: Actor | None) -> bool:
        """Whether the navigation leads `actor` to the page; its callbacks check by themselves."""
        return not self.is_for_admins or (actor is not None and actor.is_admin)

    def view(self, search: str | None) -> url_state.View:
        """The view that a query string selects."""
        return url_state.read(search, self.default_range)


class Page(Protocol):
    """A page. `title` is its heading; `register` adds the callbacks that fill its layout."""

    @property
    def address(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def tab(self) -> Tab: ...
    def layout(self) -> Component: ...
    def register(self, app: dash.Dash, services: Services) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomPage:
    """A page with a layout and callbacks of its own, which are not those of a board alone."""

    address: str
    title: str
    tab: Tab
    layout: Callable[[], Component]
    register: Register
