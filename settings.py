"""The one configuration: read once from the environment and `.env`, strictly, then frozen.

Every setting is a field with its reader, its default and one line of help; `.env.example` is
generated from the same table. A value that cannot be read stops the start with its name.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from dotenv import dotenv_values

CHECKOUT = Path(__file__).resolve().parent
TRUE_WORDS = frozenset({"true", "1", "yes", "on"})
FALSE_WORDS = frozenset({"false", "0", "no", "off"})
MOST_WEB_WORKERS = 64


class SettingsError(ValueError):
    """A setting cannot be read. Attributes: `name`, `fault`, `accepted` (the accepted form)."""

    def __init__(self, name: str, fault: str, accepted: str) -> None:
        super().__init__(f"{name}: {fault}. Accepted: {accepted}.")
        self.name = name
        self.fault = fault
        self.accepted = accepted


class _Refused(ValueError):
    """Raised by a reader: args are the fault and the accepted form."""


def _boolean(text: str) -> bool:
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise _Refused(f"{text!r} is not a yes or no", "true or false")


def _integer(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise _Refused(f"{text!r} is out of bounds", f"a whole number from {least} to {most}")
        return int(text)

    return read


def _number(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        accepted = f"a number from {least:g} to {most:g}"
        try:
            value = float(text)
        except ValueError:
            raise _Refused(f"{text!r} is not a number", accepted) from None
        if not least <= value <= most:
            raise _Refused(f"{text!r} is out of bounds", accepted)
        return value

    return read


def _text(text: str) -> str:
    if not text.isprintable():
        raise _Refused("it holds control characters", "printable text")
    return text


def _choice(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise _Refused(f"{text!r} is unknown", " or ".join(words))
        return text.lower()

    return read


def _origin(text: str) -> str:
    """`https://example.com:8443`, without a path; a trailing slash is forgiven."""
    accepted = "an http or https address without a path, such as https://metrics.example.com"
    try:
        parts = urlsplit(text)
        sane = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        raise _Refused(f"{text!r} is not an address", accepted) from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or extra or not sane:
        raise _Refused(f"{text!r} is not an origin", accepted)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _origins(text: str) -> tuple[str, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words == ["*"]:
        return ("*",)
    return tuple(_origin(word) for word in words)


def _database_url(text: str) -> str:
    """The text itself is never repeated in a fault: it may hold a password."""
    scheme = text.split("://", 1)[0]
    if scheme == "postgres":
        text = "postgresql" + text[len("postgres") :]
    elif scheme not in ("postgresql", "postgresql+psycopg2"):
        raise _Refused("it does not name a PostgreSQL database", "postgresql://user@host/name")
    return text.replace("postgresql://", "postgresql+psycopg2://", 1)


def _redis_url(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise _Refused("it does not name a Redis server", "redis://host:6379/0")
    return text


def _path(text: str) -> Path:
    return Path(_text(text)).expanduser().absolute()


def default_data_dir() -> Path:
    """`/var/lib/websocket-analytics` for root, `.data` in the checkout for everybody else."""
    if os.geteuid() == 0:
        return Path("/var/lib/websocket-analytics")
    return CHECKOUT / ".data"


def _default_workers() -> int:
    return max(2, min(os.cpu_count() or 2, 8))


def _setting(
    reader: Callable[[str], Any],
    help_text: str,
    *,
    default: Any = None,
    make: Callable[[], Any] | None = None,
    secret: bool = False,
    example: str = "",
) -> Any:
    metadata = {"reader": reader, "help": help_text, "secret": secret, "example": example}
    if make is not None:
        return field(default_factory=make, metadata=metadata, repr=not secret)
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. Times in the unit of the name; `None` or an empty text means not set."""

    websocket_metrics_retention_days: int = _setting(
        _integer(1, 3650), "Days raw reports are kept.", default=30
    )
    rollup_retention_days: int = _setting(
        _integer(1, 36500), "Days rolled-up history is kept.", default=400
    )
    enable_metrics_geolocation: bool = _setting(
        _boolean, "Derive the country from the sender's address (never stored).", default=True
    )
    geoip_database: Path | None = _setting(
        _path, "GeoLite2, GeoIP2 or DB-IP file (.mmdb). Unset: the country file shipped with us."
    )
    database_url: str | None = _setting(
        _database_url,
        "PostgreSQL 15 or newer. Unset: an embedded PostgreSQL under DATA_DIR.",
        secret=True,
        example="postgresql://user:password@host/name",
    )
    data_dir: Path = _setting(
        _path,
        "Everything we keep on disk. Unset: .data, as root /var/lib/websocket-analytics.",
        make=default_data_dir,
    )
    archive_dir: Path | None = _setting(
        _path, "Folder for days written out before retention drops them. Unset: no archive."
    )
    redis_url: str | None = _setting(
        _redis_url,
        "Redis carrying rooms between workers and nodes. Unset: PostgreSQL does.",
        secret=True,
        example="redis://localhost:6379/0",
    )
    host: str = _setting(_text, "Address to listen on.", default="127.0.0.1")
    port: int = _setting(_integer(1, 65535), "Port to listen on.", default=8050)
    web_workers: int = _setting(
        _integer(1, MOST_WEB_WORKERS),
        "Web worker processes. Unset: one per core, from 2 to 8.",
        make=_default_workers,
    )
    public_url: str | None = _setting(
        _origin,
        "Address people use to reach us, behind a proxy.",
        example="https://metrics.example.com",
    )
    trusted_proxy_hops: int = _setting(
        _integer(0, 10), "Proxies in front of us whose X-Forwarded-For is believed.", default=0
    )
    secret_key: str | None = _setting(
        _text, "Key that signs sessions. Unset: made once and kept under DATA_DIR.", secret=True
    )
    admin_password: str | None = _setting(
        _text, "Password of the first admin. Unset: a random one, printed once.", secret=True
    )
    admin_email: str = _setting(
        _text, "The first admin, and the first recipient of alerts.", default="admin@example.com"
    )
    metrics_ingest_key: str | None = _setting(
        _text, "Key browsers must send with their reports. Unset: none is asked.", secret=True
    )
    metrics_allowed_origins: tuple[str, ...] = _setting(
        _origins,
        "Origins that may post reports, comma separated, or *. Unset: our own.",
        default=(),
        example="https://portal.example.com,https://kiosk.example.com",
    )
    websocket_allowed_origins: tuple[str, ...] = _setting(
        _origins,
        "Origins that may open our WebSockets, comma separated, or *. Unset: our own.",
        default=(),
    )
    metrics_rate_per_address: float = _setting(
        _number(0, 1e6),
        "Reports a second from one address (IPv6: one /64), bursts of ten times that. 0: no limit.",
        default=120.0,
    )
    metrics_rate_total: float = _setting(
        _number(0, 1e9), "Reports a second one worker accepts in all. 0: no limit.", default=0.0
    )
    websocket_max_message_bytes: int = _setting(
        _integer(125, 64 * 2**20), "Largest WebSocket message accepted, in bytes.", default=65536
    )
    websocket_ping_seconds: float = _setting(
        _number(0, 3600), "Seconds between WebSocket pings. 0: none.", default=25.0
    )
    smtp_host: str | None = _setting(_text, "Mail server for alerts. Unset: no mail.")
    smtp_port: int = _setting(_integer(1, 65535), "Port of the mail server.", default=587)
    smtp_security: Literal["starttls", "tls", "none"] = _setting(
        _choice("starttls", "tls", "none"), "starttls, tls or none.", default="starttls"
    )
    smtp_user: str | None = _setting(_text, "Account at the mail server.")
    smtp_password: str | None = _setting(_text, "Its password.", secret=True)
    smtp_ca_file: Path | None = _setting(
        _path, "Certificates (PEM) the mail server's is checked by. Unset: those of the system."
    )
    email_from: str | None = _setting(
        _text, "Sender of our mails.", example="monitoring@example.com"
    )
    webhook_allow_private: bool = _setting(
        _boolean, "Let webhooks reach private, loopback and link-local addresses.", default=False
    )

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, env_file: Path | None = None
    ) -> "Settings":
        """Read `environ` (default: the process's) over `env_file` (default: `.env` beside us).

        A secret may stand in a file named by `NAME_FILE`. Raises `SettingsError`.
        """
        path = CHECKOUT / ".env" if env_file is None else env_file
        stored = dotenv_values(path, interpolate=False) if path.is_file() else {}
        merged = {name: value for name, value in stored.items() if value is not None}
        merged.update(os.environ if environ is None else environ)
        values: dict[str, Any] = {}
        for spec in fields(cls):
            text = _lookup(spec.name.upper(), merged, secret=spec.metadata["secret"])
            if text:
                values[spec.name] = _read(spec.name.upper(), spec.metadata, text)
        return cls(**values)

    @classmethod
    def example(cls) -> str:
        """The text of `.env.example`: every setting with its help and default."""
        lines = ["# Settings of WebSocket Analytics. Copy to .env and uncomment what you change."]
        for spec in fields(cls):
            lines += ["", f"# {spec.metadata['help']}"]
            lines.append(f"#{spec.name.upper()}={spec.metadata['example'] or _shown(spec.default)}")
        return "\n".join(lines) + "\n"


def _lookup(name: str, environ: Mapping[str, str], *, secret: bool) -> str:
    text = environ.get(name, "").strip()
    path = environ.get(name + "_FILE", "").strip() if secret else ""
    if text and path:
        raise SettingsError(name, f"{name} and {name}_FILE are both set", "one of them")
    if not path:
        return text
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(name + "_FILE", f"{fault}", "a readable UTF-8 file") from fault


def _read(name: str, metadata: Mapping[str, Any], text: str) -> object:
    reader = cast(Callable[[str], object], metadata["reader"])
    try:
        return reader(text)
    except _Refused as refused:
        fault, accepted = refused.args
        raise SettingsError(name, fault, accepted) from None


def _shown(default: object) -> str:
    if default is MISSING or default is None or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)
