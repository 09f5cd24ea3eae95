"""The configuration: read once from the environment and `.env`, strictly, then frozen.

Every setting is a field with its reader, its default and one line of help; `.env.example` is
generated from the same table. An invalid value stops the start and is named.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values

from settings_readers import (
    absolute_path,
    boolean,
    choice,
    default_text,
    default_workers,
    header_fields,
    header_name,
    integer,
    networks,
    number,
    origin_of,
    origins,
    postgresql_address,
    prefix_of,
    printable,
    public_address,
    receiver_address,
    redis_address,
    socket_addresses,
    text_of,
    value_of,
    zones,
)

CHECKOUT = Path(__file__).resolve().parent
MOST_WEB_WORKERS = 64


def default_data_dir() -> Path:
    """`/var/lib/websocket-analytics` for root, `.data` in the checkout for everybody else."""
    if os.geteuid() == 0:
        return Path("/var/lib/websocket-analytics")
    return CHECKOUT / ".data"


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
        integer(1, 3650), "Days raw reports are kept.", default=30
    )
    rollup_retention_days: int = _setting(
        integer(1, 36500), "Days rolled-up history is kept.", default=400
    )
    app_zones: tuple[tuple[str, str], ...] = _setting(
        zones,
        "Time zone of the users of each app, * for all others: days and parts of days of charts "
        "begin there, and expected values keep to its clock. Unset: UTC, and for expected values "
        "that of the busiest country.",
        default=(),
        example="portal=America/Sao_Paulo,*=Europe/Berlin",
    )
    enable_metrics_geolocation: bool = _setting(
        boolean, "Derive the country from the sender's address (never stored).", default=True
    )
    geoip_database: Path | None = _setting(
        absolute_path,
        "GeoLite2, GeoIP2, DB-IP or IP2Location file (.mmdb), taken up again when it is replaced. "
        "Unset: the one of ./scripts/geo update, else the country file shipped with us.",
    )
    metrics_country_header: str | None = _setting(
        header_name,
        "Header with the sender's country that the proxy in front sets itself, believed with "
        "TRUSTED_PROXY_HOPS. Unset: by the address alone.",
        example="CF-IPCountry",
    )
    database_url: str | None = _setting(
        postgresql_address,
        "PostgreSQL 15 or newer. Unset: an embedded PostgreSQL under DATA_DIR.",
        secret=True,
        example="postgresql://user:password@host/name",
    )
    data_dir: Path = _setting(
        absolute_path,
        "Everything we keep on disk. Unset: .data, as root /var/lib/websocket-analytics.",
        make=default_data_dir,
    )
    archive_dir: Path | None = _setting(
        absolute_path, "Folder for days written out before retention drops them. Unset: no archive."
    )
    redis_url: str | None = _setting(
        redis_address,
        "Redis carrying rooms between workers and nodes. Unset: PostgreSQL does.",
        secret=True,
        example="redis://localhost:6379/0",
    )
    host: str = _setting(printable, "Address to listen on.", default="127.0.0.1")
    port: int = _setting(integer(1, 65535), "Port to listen on.", default=8050)
    web_workers: int = _setting(
        integer(1, MOST_WEB_WORKERS),
        "Web worker processes. Unset: one per core, from 2 to 8.",
        make=default_workers,
    )
    public_url: str | None = _setting(
        public_address,
        "Address people use to reach us, behind a proxy; with a path where we share its host.",
        example="https://metrics.example.com",
    )
    trusted_proxy_hops: int = _setting(
        integer(0, 10), "Proxies in front of us whose X-Forwarded-For is believed.", default=0
    )
    secret_key: str | None = _setting(
        printable, "Key that signs sessions. Unset: made once and kept under DATA_DIR.", secret=True
    )
    admin_password: str | None = _setting(
        printable, "Password of the first admin. Unset: a random one, printed once.", secret=True
    )
    admin_email: str = _setting(
        printable,
        "The first admin, and the first recipient of alerts.",
        default="admin@example.com",
    )
    metrics_ingest_key: str | None = _setting(
        printable, "Key browsers must send with their reports. Unset: none is asked.", secret=True
    )
    metrics_allowed_origins: tuple[str, ...] = _setting(
        origins,
        "Origins that may post reports, comma separated, or *. Unset: our own.",
        default=(),
        example="https://portal.example.com,https://kiosk.example.com",
    )
    websocket_allowed_origins: tuple[str, ...] = _setting(
        origins,
        "Origins that may open our WebSockets, comma separated, or *. Unset: our own.",
        default=(),
    )
    metrics_rate_per_address: float = _setting(
        number(0, 1e6),
        "Reports a second from one address (IPv6: one /64), bursts of ten times that, over all "
        "workers of a node. 0: no limit.",
        default=120.0,
    )
    metrics_rate_total: float = _setting(
        number(0, 1e9), "Reports a second one worker accepts in all. 0: no limit.", default=0.0
    )
    metrics_sender_sessions: int = _setting(
        integer(0, 10**9),
        "Sessions one address (IPv6: one /64) may start in ten minutes while fewer than 100 "
        "addresses report, over all workers; with more, what is out of proportion to the others. "
        "Beyond, the address is set aside. 0: no limit.",
        default=100,
    )
    metrics_trusted_networks: tuple[str, ...] = _setting(
        networks,
        "Networks that are never set aside, comma separated: large offices behind one address. "
        "Private networks are trusted while TRUSTED_PROXY_HOPS is 0.",
        default=(),
        example="203.0.113.0/24,2001:db8::/32",
    )
    metrics_session_durations: int = _setting(
        integer(0, 10**9),
        "Round trips of a kind that count of one session in a minute, weighted. 0: no limit.",
        default=6_000,
    )
    metrics_session_messages: int = _setting(
        integer(0, 10**9),
        "Messages that count of one session in a minute, weighted. 0: no limit.",
        default=60_000,
    )
    metrics_session_connections: int = _setting(
        integer(0, 10**9),
        "Attempts or ends of connections that count of one session in a minute, weighted. "
        "0: no limit.",
        default=1_200,
    )
    metrics_largest_weight: int = _setting(
        integer(1, 10**6),
        "Sessions that one sampled session may stand for (1 / sampleRate of the monitor).",
        default=1_000,
    )
    request_body_seconds: float = _setting(
        number(0.1, 3600),
        "Seconds within which the body of a request must have arrived.",
        default=15.0,
    )
    websocket_per_address: int = _setting(
        integer(0, 10**6),
        "WebSockets one address (IPv6: one /64) may have open on one worker; addresses that "
        "METRICS_TRUSTED_NETWORKS covers are exempt. 0: no limit.",
        default=1_000,
    )
    websocket_max_message_bytes: int = _setting(
        integer(125, 64 * 2**20), "Largest WebSocket message accepted, in bytes.", default=65536
    )
    websocket_ping_seconds: float = _setting(
        number(0, 3600), "Seconds between WebSocket pings. 0: none.", default=25.0
    )
    test_targets: tuple[tuple[str, str], ...] = _setting(
        socket_addresses,
        "WebSocket addresses that are probed every minute, and that admins may test, beside our "
        "own, by name.",
        default=(),
        example="portal=wss://portal.example.com/ws,kiosk=wss://kiosk.example.com/echo",
    )
    smtp_host: str | None = _setting(printable, "Mail server for alerts. Unset: no mail.")
    smtp_port: int = _setting(integer(1, 65535), "Port of the mail server.", default=587)
    smtp_security: Literal["starttls", "tls", "none"] = _setting(
        choice("starttls", "tls", "none"), "starttls, tls or none.", default="starttls"
    )
    smtp_user: str | None = _setting(printable, "Account at the mail server.")
    smtp_password: str | None = _setting(printable, "Its password.", secret=True)
    smtp_ca_file: Path | None = _setting(
        absolute_path,
        "Certificates (PEM) the mail server's is checked by. Unset: those of the system.",
    )
    email_from: str | None = _setting(
        printable, "Sender of our mails.", example="monitoring@example.com"
    )
    log_format: Literal["text", "json"] = _setting(
        choice("text", "json"), "text, or json: one line an event, in UTC.", default="text"
    )
    otel_exporter_otlp_endpoint: str | None = _setting(
        receiver_address,
        "OTLP receiver (HTTP) to which each minute's metrics go, without /v1/metrics. Unset: none.",
        example="https://otel.example.com:4318",
    )
    otel_exporter_otlp_headers: tuple[tuple[str, str], ...] = _setting(
        header_fields, "Headers for it, with values percent-encoded.", default=(), secret=True,
        example="Authorization=Bearer%20token",
    )  # fmt: skip
    demo: bool = _setting(
        boolean,
        "Pages tell how far the history of the demo is filled; --demo sets it.",
        default=False,
    )
    webhook_allow_private: bool = _setting(
        boolean, "Let webhooks reach private, loopback and link-local addresses.", default=False
    )

    @property
    def public_origin(self) -> str | None:
        """`PUBLIC_URL` without its path."""
        return origin_of(self.public_url) if self.public_url else None

    @property
    def path_prefix(self) -> str:
        """The path of `PUBLIC_URL`, such as `/monitor`; empty without one."""
        return prefix_of(self.public_url) if self.public_url else ""

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
            text = text_of(spec.name.upper(), merged, secret=spec.metadata["secret"])
            if text:
                values[spec.name] = value_of(spec.name.upper(), spec.metadata["reader"], text)
        return cls(**values)

    @classmethod
    def example(cls) -> str:
        """The text of `.env.example`: every setting with its help and default."""
        lines = ["# Settings of WebSocket Analytics. Copy to .env and uncomment what you change."]
        for spec in fields(cls):
            lines += ["", f"# {spec.metadata['help']}"]
            lines.append(
                f"#{spec.name.upper()}={spec.metadata['example'] or default_text(spec.default)}"
            )
        return "\n".join(lines) + "\n"
