"""Whose pages may do something here: our own, those a setting names, those an admin allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.http import origins
from settings import Settings

from .mismatch import Environ, OtherOrigin, mismatch_of

AllowedOrigins = Callable[[], frozenset[str]]


def nobody_else() -> frozenset[str]:
    """No origin beside those of the settings."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class OriginRule:
    """`configured` are the origins of the setting `setting_name`, without any our own; `allowed`
    gives those an admin allowed, as `origins.normalized` writes them. `purpose` completes "may
    not"."""

    settings: Settings
    configured: Sequence[str]
    setting_name: str
    purpose: str
    allowed: AllowedOrigins = nobody_else

    def check(self, environ: Environ) -> None:
        """Raises `OtherOrigin` for a page of another origin."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is None:
            return
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        own = origins.own_origin(self.settings.public_origin, scheme, host)
        if origins.allows(origin, self.configured, own):
            return
        if origins.normalized(origin) in self.allowed():
            return
        raise OtherOrigin(mismatch_of(environ, self.settings), self.purpose, self.setting_name)


def for_reports(settings: Settings, allowed: AllowedOrigins = nobody_else) -> OriginRule:
    """Whose pages may post reports."""
    configured = settings.metrics_allowed_origins
    return OriginRule(settings, configured, "METRICS_ALLOWED_ORIGINS", "post reports", allowed)


def for_sockets(settings: Settings, allowed: AllowedOrigins = nobody_else) -> OriginRule:
    """Whose pages may open WebSockets."""
    configured = settings.websocket_allowed_origins
    return OriginRule(settings, configured, "WEBSOCKET_ALLOWED_ORIGINS", "open WebSockets", allowed)
