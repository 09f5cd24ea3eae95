"""Where the text of a setting stands, and strict readers that turn it into its value; the readers
raise `InvalidValue`."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TRUE_TEXTS = frozenset({"true", "1", "yes", "on"})
FALSE_TEXTS = frozenset({"false", "0", "no", "off"})
# The first names of our own paths: below one of them a prefix could not be told from a page.
OUR_PATHS = frozenset(
    ("admin", "agents", "api", "demo", "login", "logout", "metrics", "sdk", "static", "wall", "ws")
)
_prefix = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){1,4}")

Value = TypeVar("Value")


class InvalidValue(ValueError):
    """The text is not valid for its setting. Args: the fault and the accepted form."""


class SettingsError(ValueError):
    """A setting is invalid. Attributes: `name`, `fault`, `accepted` (the accepted form)."""

    def __init__(self, name: str, fault: str, accepted: str) -> None:
        super().__init__(f"{name}: {fault}. Accepted: {accepted}.")
        self.name = name
        self.fault = fault
        self.accepted = accepted


def boolean(text: str) -> bool:
    """`true`, `yes`, `on` or `1`, and their opposites, case-insensitive."""
    lowered = text.lower()
    if lowered in TRUE_TEXTS:
        return True
    if lowered in FALSE_TEXTS:
        return False
    raise InvalidValue(f"{text!r} is not a yes or no", "true or false")


def integer(least: int, most: int) -> Callable[[str], int]:
    """A reader of integers from `least` to `most`, in plain digits."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise InvalidValue(
                f"{text!r} is out of bounds", f"a whole number from {least} to {most}"
            )
        return int(text)

    return read


def number(least: float, most: float) -> Callable[[str], float]:
    """A reader of numbers from `least` to `most`."""

    def read(text: str) -> float:
        accepted = f"a number from {least:g} to {most:g}"
        try:
            value = float(text)
        except ValueError:
            raise InvalidValue(f"{text!r} is not a number", accepted) from None
        if not least <= value <= most:
            raise InvalidValue(f"{text!r} is out of bounds", accepted)
        return value

    return read


def printable(text: str) -> str:
    """Any text without control characters."""
    if not text.isprintable():
        raise InvalidValue("it holds control characters", "printable text")
    return text


def header_name(text: str) -> str:
    """The name of an HTTP header, RFC 9110 section 5.1, of letters, digits and hyphens."""
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", text):
        raise InvalidValue(f"{text!r} is no name of a header", "a name such as CF-IPCountry")
    return text


def choice(*choices: str) -> Callable[[str], str]:
    """A reader of one of `choices`, case-insensitive."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise InvalidValue(f"{text!r} is unknown", " or ".join(choices))
        return text.lower()

    return read


def origin(text: str) -> str:
    """`https://example.com:8443`, without a path; a trailing slash is allowed."""
    accepted = "an http or https address without a path, such as https://metrics.example.com"
    try:
        parts = urlsplit(text)
        sane = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        raise InvalidValue(f"{text!r} is not an address", accepted) from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or extra or not sane:
        raise InvalidValue(f"{text!r} is not an origin", accepted)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def public_address(text: str) -> str:
    """`https://example.com`, or `https://example.com/monitor`; without a slash at the end."""
    accepted = "an http or https address such as https://example.com or https://example.com/monitor"
    try:
        path = urlsplit(text).path
    except ValueError:
        raise InvalidValue(f"{text!r} is not an address", accepted) from None
    prefix = path.rstrip("/")
    if not prefix:
        return origin(text)
    if not text.rstrip("/").endswith(prefix) or not _prefix.fullmatch(prefix):
        raise InvalidValue(f"{text!r} has another path than plain names", accepted)
    first = prefix.split("/")[1]
    if first in OUR_PATHS:
        raise InvalidValue(f"/{first} is a path of our own", accepted)
    return origin(text.rstrip("/").removesuffix(prefix)) + prefix


def origin_of(address: str) -> str:
    """`https://example.com` of a `public_address`."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(address))


def prefix_of(address: str) -> str:
    """`/monitor` of a `public_address`, empty where it has no path."""
    return urlsplit(address).path


def origins(text: str) -> tuple[str, ...]:
    """Comma-separated origins, or `*` alone."""
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    if entries == ["*"]:
        return ("*",)
    return tuple(origin(entry) for entry in entries)


def networks(text: str) -> tuple[str, ...]:
    """Comma-separated networks, `203.0.113.0/24` or an address, in their canonical form."""
    try:
        entries = [ip_network(entry.strip()) for entry in text.split(",") if entry.strip()]
    except ValueError as fault:
        raise InvalidValue(str(fault), "networks such as 203.0.113.0/24,2001:db8::/32") from None
    return tuple(map(str, entries))


def zones(text: str) -> tuple[tuple[str, str], ...]:
    """`portal=America/Sao_Paulo, *=Europe/Berlin`: pairs of an app (`*`: all others) and the IANA
    name of its time zone."""
    accepted = "apps with their IANA zones, such as portal=America/Sao_Paulo, *=Europe/Berlin"
    pairs: list[tuple[str, str]] = []
    for entry in filter(None, (each.strip() for each in text.split(","))):
        app, _, zone = (part.strip() for part in entry.rpartition("="))
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidValue(f"{zone!r} is not a time zone", accepted) from None
        if not app or app in dict(pairs):
            raise InvalidValue(f"{entry!r} names no app, or one that is named twice", accepted)
        pairs.append((app, zone))
    return tuple(pairs)


def socket_addresses(text: str) -> tuple[tuple[str, str], ...]:
    """`portal=wss://portal.example.com/ws`: pairs of a name and a ws or wss address."""
    accepted = "up to 20 names with ws or wss addresses, such as portal=wss://example.com/ws"
    pairs: dict[str, str] = {}
    for entry in filter(None, (each.strip() for each in text.split(","))):
        name, _, url = (part.strip() for part in entry.partition("="))
        try:
            parts = urlsplit(url)
            sane = parts.port is None or 0 < parts.port < 65536
        except ValueError:
            raise InvalidValue(f"{url!r} is not an address", accepted) from None
        is_plain = parts.hostname and not parts.fragment and "@" not in parts.netloc
        if parts.scheme not in ("ws", "wss") or not is_plain or not sane or not url.isascii():
            raise InvalidValue(f"{url!r} is not a ws or wss address", accepted)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", name) or name in {*pairs, "own"}:
            raise InvalidValue(f"{entry!r} has no name of its own", accepted)
        pairs[name] = url
    if len(pairs) > 20:
        raise InvalidValue("there are too many", accepted)
    return tuple(pairs.items())


def receiver_address(text: str) -> str:
    """`https://otel.example.com:4318/otlp`: an http or https address without query and user."""
    accepted = "an http or https address such as https://otel.example.com:4318"
    try:
        parts = urlsplit(text)
        sane = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        raise InvalidValue("it is not an address", accepted) from None
    extra = parts.query or parts.fragment or "@" in parts.netloc
    is_plain = parts.hostname and text.isascii() and text.isprintable() and " " not in text
    if parts.scheme not in ("http", "https") or extra or not (is_plain and sane):
        raise InvalidValue("it is not a plain http or https address", accepted)
    return text.rstrip("/")


def header_fields(text: str) -> tuple[tuple[str, str], ...]:
    """`api-key=a%20b,x-scope=c`: pairs of names and percent-decoded values, as the specification of
    OpenTelemetry has them. Errors never quote the text: values are secrets."""
    accepted = "names with percent-encoded values, such as Authorization=Bearer%20token"
    pairs: list[tuple[str, str]] = []
    for entry in filter(None, (each.strip() for each in text.split(","))):
        name, separator, value = (part.strip() for part in entry.partition("="))
        value = unquote(value)
        if not separator or not re.fullmatch(r"[A-Za-z0-9-]{1,64}", name):
            raise InvalidValue("an entry is no name with a value", accepted)
        if not (value.isascii() and value.isprintable()):
            raise InvalidValue(f"the value of {name} cannot stand in a header", accepted)
        pairs.append((name, value))
    return tuple(pairs)


def postgresql_address(text: str) -> str:
    """`postgresql://user@host/name`, with the driver added. Errors never quote the text: it may
    contain a password."""
    scheme = text.split("://", 1)[0]
    if scheme == "postgres":
        text = "postgresql" + text[len("postgres") :]
    elif scheme not in ("postgresql", "postgresql+psycopg2"):
        raise InvalidValue("it does not name a PostgreSQL database", "postgresql://user@host/name")
    return text.replace("postgresql://", "postgresql+psycopg2://", 1)


def redis_address(text: str) -> str:
    """`redis://host:6379/0`, `rediss://` or `unix://`."""
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise InvalidValue("it does not name a Redis server", "redis://host:6379/0")
    return text


def absolute_path(text: str) -> Path:
    """A file or folder; `~` is the home of the user that runs us."""
    return Path(printable(text)).expanduser().absolute()


def text_of(name: str, environ: Mapping[str, str], *, secret: bool) -> str:
    """The text of a setting, empty where it is not set; a secret may stand in a file named by
    `NAME_FILE`. Raises `SettingsError`."""
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


def value_of(name: str, reader: Callable[[str], Value], text: str) -> Value:
    """The value of a setting's text. Raises `SettingsError`, which names the setting."""
    try:
        return reader(text)
    except InvalidValue as refused:
        fault, accepted = refused.args
        raise SettingsError(name, fault, accepted) from None


def default_workers() -> int:
    """One web worker a core, from 2 to 8."""
    return max(2, min(os.cpu_count() or 2, 8))


def default_text(default: object) -> str:
    """How a default is written in `.env.example`."""
    if default is MISSING or default is None or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)
