"""What simulated clients do, and what a scenario sees of each."""

from typing import Any, Protocol, TypeVar


class Client(Protocol):
    """One connection. `state` is the scenario's; `is_cut` when the run ended it without waiting for
    replies."""

    number: int
    state: Any
    is_cut: bool

    def send_text(self, payload: bytes) -> None:
        """Send one text message (UTF-8)."""

    def pause_reading(self) -> None:
        """Read nothing more."""


C_contra = TypeVar("C_contra", bound=Client, contravariant=True)


class Scenario(Protocol[C_contra]):
    """What clients do. One object for all of a run's connections.

    `opened` is called before anything that the server sends is `received`. `talks` says whether a
    connection that has opened sends at all. `send` sends what is due; `since` is the time its round
    trip counts from and `at` when a message came, seconds of `time.perf_counter`. `closed` is
    called once, however a connection ended.
    """

    path: str

    def opened(self, connection: C_contra) -> None: ...

    def talks(self, connection: C_contra, /) -> bool: ...

    def send(self, connection: C_contra, since: float) -> None: ...

    def received(self, connection: C_contra, payload: bytes, at: float) -> None: ...

    def closed(self, connection: C_contra) -> None: ...
