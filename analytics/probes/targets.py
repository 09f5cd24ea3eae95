"""What may be tested: our own endpoint, and the addresses that `TEST_TARGETS` names; pure.

Nothing else is ever connected to, so no text of a request is an address.
"""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from settings import Settings

OWN = "own"  # the name of our own endpoint
ECHO_PATH = "/ws/echo"
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server listens on


class NoSuchTarget(Exception):
    """No target has this name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A name, and the `ws` or `wss` address it stands for; `is_own`: our own endpoint, which
    returns what it gets."""

    name: str
    url: str
    is_own: bool = False

    def address(self, app: str) -> str:
        """Where to connect; our own connections carry an `app`, by which they are kept apart."""
        if not self.is_own:
            return self.url
        return urlunsplit(urlsplit(self.url)._replace(query=urlencode({"app": app})))

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.url).path or "/"


def targets_of(settings: Settings) -> list[Target]:
    """Our own endpoint first: as people reach it, where `PUBLIC_URL` says so."""
    origin = settings.public_url or f"http://{_host(settings.host)}:{settings.port}"
    own = Target(OWN, origin.replace("http", "ws", 1) + ECHO_PATH, is_own=True)
    return [own, *(Target(name, url) for name, url in settings.test_targets)]


def target_named(settings: Settings, name: str) -> Target:
    """The target of this name. Raises `NoSuchTarget`."""
    for target in targets_of(settings):
        if target.name == name:
            return target
    raise NoSuchTarget(f"No target is called {name[:64]!r}: name it in TEST_TARGETS.")


def _host(host: str) -> str:
    address = ANY_ADDRESS.get(host, host)
    return f"[{address}]" if ":" in address else address
