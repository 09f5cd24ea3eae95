"""A validation error: the path of the field and what it must be."""

import re

import msgspec

_PATH = re.compile(r" - at `(?:key` in `)?\$\.?(?P<path>[^`]*)`$")
_TYPE_NAMES = {
    "int": "a whole number",
    "float": "a finite number",
    "str": "text",
    "object": "an object",
    "array": "a list",
    "uuid": "a UUID",
    "datetime": "a time such as 2026-11-23T10:00:00Z",
}


class Fault(ValueError):
    """An item is invalid. Attributes: `field` (`latency.samples_ms[0]`) and `reason`."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def from_validation(error: msgspec.ValidationError, requirements: dict[str, str]) -> Fault:
    """msgspec's error as a `Fault`. `requirements`: what the value at a path (`a.b[]`) must be."""
    text = str(error)
    match = _PATH.search(text)
    path = match["path"] if match else ""
    missing = re.match(r"Object missing required field `(\w+)`", text)
    if missing:
        return Fault(f"{path}.{missing[1]}".lstrip("."), "is required")
    requirement = requirements.get(re.sub(r"\[[^\]]*\]", "[]", path))
    return Fault(path or "report", requirement or _general(text))


def _general(text: str) -> str:
    expected = re.match(r"Expected `(\w+)", text)
    return "must be " + _TYPE_NAMES.get(expected[1] if expected else "", "as the description says")
