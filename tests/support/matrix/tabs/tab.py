"""What a journey does with a tab, in every engine alike."""

from typing import Any, Protocol

JsonObject = dict[str, Any]


class Tab(Protocol):
    """One tab of a browser, in a window of its own."""

    async def navigate(self, url: str) -> None:
        """Load an address."""

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited when it is a promise."""

    async def back(self) -> None:
        """Go back in history."""

    async def reload(self) -> None:
        """Load the page anew."""

    async def hide(self, hidden: bool) -> None:
        """Put another tab before it, or take that away."""

    async def close(self) -> None:
        """Close it as a person does."""


class Browser(Protocol):
    """A running browser."""

    name: str

    async def open(self) -> Tab:
        """A new tab that is visible."""

    async def end(self) -> None:
        """End the process."""
