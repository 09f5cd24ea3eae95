"""A request of another origin than ours: what arrived, why it may differ, and the cure.

Everything that arrived is hostile: it is cut, and pages escape it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ingest.http import origins
from ingest.http.problems import Forbidden
from settings import Settings

LONGEST = 200  # characters of a text that arrived
FORWARDED_HEADERS = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED",
    "HTTP_VIA",
)  # fmt: skip
Environ = Mapping[str, Any]


class Cause(StrEnum):
    """Why the origin of a request is not ours."""

    UNTRUSTED_PROXY = "proxy-not-trusted"
    SILENT_PROXY = "proxy-sends-nothing"
    OTHER_ADDRESS = "other-address"
    NO_WEB_ORIGIN = "no-web-origin"


EXPLANATIONS = {
    Cause.UNTRUSTED_PROXY: "A proxy stands in front of us, and none is trusted: what it says about "
    "the address of the page is not read.",
    Cause.SILENT_PROXY: "TRUSTED_PROXY_HOPS says that a proxy stands in front of us, but this "
    "request came without X-Forwarded-For and X-Forwarded-Proto: have the proxy send both.",
    Cause.OTHER_ADDRESS: "The page was opened under another address than the one we know as ours.",
    Cause.NO_WEB_ORIGIN: "The page is a file or a closed frame, which has no web origin.",
}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`origin` is that of the page as its browser named it; `own` is ours; `arrived` is the address
    under which the request reached us; `settings` would make `origin` ours."""

    origin: str
    own: str
    arrived: str
    cause: Cause
    settings: Mapping[str, str]

    @property
    def explanation(self) -> str:
        """A sentence on why the origins differ."""
        return EXPLANATIONS[self.cause]

    @property
    def cure(self) -> str:
        """The settings as they stand in `.env`, on one line."""
        return " ".join(f"{name}={value}" for name, value in self.settings.items())


def mismatch_of(environ: Environ, settings: Settings) -> Mismatch:
    """The mismatch of a request whose `Origin` is not ours; for a page that is asked for, which
    names none, that between the address it arrived under and ours."""
    arrived = cut(f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}")
    text = environ.get("HTTP_ORIGIN")
    origin = arrived if text is None else cut(text)
    cause = _cause(environ, settings, origin)
    changes = {} if cause is Cause.NO_WEB_ORIGIN else _changes(settings, origin)
    return Mismatch(origin, settings.public_origin or arrived, arrived, cause, changes)


def cut(text: str, longest: int = LONGEST) -> str:
    """A text that arrived: bounded, and without control characters."""
    return "".join(filter(str.isprintable, text[:longest]))


def is_forwarded(environ: Environ) -> bool:
    """Whether the request says that a proxy passed it on."""
    return any(name in environ for name in FORWARDED_HEADERS)


class OtherOrigin(Forbidden):
    """A page of another origin; `mismatch` says which, and `setting` names whom we let in."""

    type = "urn:websocket-analytics:other-origin"

    def __init__(self, mismatch: Mismatch, purpose: str, setting: str) -> None:
        is_proxied = mismatch.cause is not Cause.OTHER_ADDRESS
        super().__init__(
            f"Pages of {mismatch.origin} may not {purpose} here: we are {mismatch.own}. "
            + (f"{mismatch.explanation} " if is_proxied else "")
            + f"An admin allows another origin on the page Set up, or names it in {setting}."
            + (f" If it is our own address, set {mismatch.cure}." if mismatch.settings else "")
        )
        self.mismatch = mismatch

    def body(self) -> dict[str, Any]:
        """The members of the problem document, with the origins and the cause."""
        mismatch = self.mismatch
        return super().body() | {
            "cause": mismatch.cause.value,
            "origin": mismatch.origin,
            "own_origin": mismatch.own,
            "settings": dict(mismatch.settings),
        }


def _cause(environ: Environ, settings: Settings, origin: str) -> Cause:
    if origins.normalized(origin) is None:
        return Cause.NO_WEB_ORIGIN
    if is_forwarded(environ):
        return Cause.OTHER_ADDRESS if settings.trusted_proxy_hops else Cause.UNTRUSTED_PROXY
    return Cause.SILENT_PROXY if settings.trusted_proxy_hops else Cause.OTHER_ADDRESS


def _changes(settings: Settings, origin: str) -> dict[str, str]:
    changes = {"PUBLIC_URL": origin + settings.path_prefix}
    if not settings.trusted_proxy_hops:
        changes["TRUSTED_PROXY_HOPS"] = "1"
    return changes
