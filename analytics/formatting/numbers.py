"""Numbers for people: thousands separators, three significant figures, U+2212, thin spaces."""

THIN = "\u202f"
MINUS = "\u2212"
DASH = "\u2013"
MILLION = 1_000_000
TIMES_FROM, MOST_TIMES = 10.0, 1_000
SIZES = ("B", "kB", "MB", "GB", "TB")


def count(value: float) -> str:
    """`48,210`; from a million on `96.4 M`."""
    if abs(value) >= MILLION:
        return _signed(f"{figures(value / MILLION)}{THIN}M")
    return _signed(f"{round(value):,}")


def figures(value: float) -> str:
    """Three significant figures without an exponent: `0.087`, `14.3`, `1,204`."""
    size = abs(value)
    if size >= 99.95 or value == 0:
        return _signed(f"{round(value):,}")
    decimals = 1 if size >= 9.995 else 2 if size >= 0.9995 else 3
    return _signed(f"{value:z.{decimals}f}")


def duration(ms: float | None) -> tuple[str, str]:
    """Value and unit of a duration in ms: ms, from 10,000 ms s, then min and h."""
    if ms is None:
        return DASH, ""
    if ms < 10_000:
        return figures(ms) if ms < 10 else f"{round(ms):,}", "ms"
    if ms < 600_000:
        return figures(ms / 1000), "s"
    if ms < 36_000_000:
        return figures(ms / 60_000), "min"
    return figures(ms / 3_600_000), "h"


def duration_text(ms: float | None) -> str:
    """`84 ms`, `11.4 s`; a dash for none."""
    value, unit = duration(ms)
    return with_unit(value, unit)


def percent(share: float | None) -> str:
    """`92.3` of 0.923; two decimals below 0.1 and above 99.9, where one would hide the difference.

    A share above 0 is never `0.0`, one below 1 never `100.0`: `<0.01`, `>99.99`.
    """
    if share is None:
        return DASH
    value = share * 100
    if 0 < value < 0.005 or 99.995 <= value < 100:
        return "<0.01" if value < 1 else ">99.99"
    near_an_end = 0 < value < 0.1 or 99.9 < value < 100
    return _signed(f"{value:z.{2 if near_an_end else 1}f}")


def percent_text(share: float | None) -> str:
    """`92.3 %`; a dash for none."""
    return with_unit(percent(share), "%" if share is not None else "")


def largest_session_text(share: float | None) -> str:
    """`one session makes 34 %` of a figure; empty where none makes too much."""
    return "" if share is None else f"one session makes {percent_text(share)}"


def in_sessions(n: str, sessions: int | None) -> str:
    """`1,204 attempts in 310 sessions`; the n alone where sessions are not counted."""
    return n if sessions is None else f"{n} in {plural(sessions, 'session')}"


def change(relative: float) -> str:
    """`+12 %` of 0.12, always with a sign; from the elevenfold on `12 times`, of which more than a
    thousand say no more than that hardly any were there."""
    if relative >= TIMES_FROM:
        times = 1.0 + relative
        return f"{times:,.0f} times" if times < MOST_TIMES else f"over {MOST_TIMES:,.0f} times"
    value = relative * 100
    text = f"{value:+z.1f}" if abs(value) < 10 else f"{value:+,.0f}"
    return with_unit(_signed(text), "%")


def unsigned_change(relative: float) -> str:
    """`12 %` of -0.12: beside an arrow that shows the direction."""
    return change(relative).lstrip("+" + MINUS)


def points_text(size: float) -> str:
    """`2.1 pt` of a difference of shares of 0.021, without its sign."""
    return with_unit(f"{abs(size) * 100:.1f}", "pt")


def signed_points(size: float) -> str:
    """`+2.1 pt`, always with a sign; two decimals below 0.1, as of shares."""
    points = size * 100
    return with_unit(_signed(f"{points:+.{2 if 0 < abs(points) < 0.1 else 1}f}"), "pt")


def size_text(value: float) -> str:
    """A count of bytes: `148 MB`, powers of a thousand."""
    return with_unit(*size(value))


def size(value: float) -> tuple[str, str]:
    """Value and unit of a count of bytes."""
    unit, divisor = size_unit(value)
    return figures(value / divisor), unit


def size_unit(largest: float) -> tuple[str, float]:
    """The unit in which `largest` bytes are below a thousand, and the bytes of that unit."""
    power = next((n for n in range(len(SIZES)) if abs(largest) < 1000 ** (n + 1)), len(SIZES) - 1)
    return SIZES[power], 1000.0**power


def seconds_text(seconds: float | None) -> str:
    """`30 s`, `5 min`, `48 h`: whole units."""
    if seconds is None:
        return DASH
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0 and seconds != 60:
            return with_unit(f"{seconds / length:g}", unit)
    return with_unit(f"{seconds:g}", "s")


def with_unit(value: str, unit: str) -> str:
    """Value and unit with a thin no-break space between them."""
    return f"{value}{THIN}{unit}" if unit else value


def plural(number: int, singular: str, plural_form: str = "") -> str:
    """`1 drop`, `22 drops`."""
    return f"{count(number)} {singular if number == 1 else plural_form or singular + 's'}"


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
