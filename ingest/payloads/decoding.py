"""From the bytes of a body to the reports in it, as plain objects.

JSON that two readers could understand differently is refused: NaN, numbers beyond a double, lone
surrogates, and a key twice in one object.
"""

import json
import re
from typing import Any

import msgspec

MOST_REPORTS = 100
_KEY_END = re.compile(rb'"[ \t\r\n]*:')
_decoder = msgspec.json.Decoder()


class MalformedBody(ValueError):
    """The body is not the JSON we read. Attributes: `reason`, `field` (`None`: the whole)."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


def items(body: bytes, many: str = "reports") -> list[Any]:
    """The objects in a body: one, or a list under the name `many`. Raises `MalformedBody`."""
    decoded = one(body, f"one object, or an object with {many}")
    if many not in decoded:
        return [decoded]
    found = decoded[many]
    if not isinstance(found, list):
        raise MalformedBody("must be a list", many)
    return found


def one(body: bytes, what: str = "one object") -> dict[str, Any]:
    """The object a body is. Raises `MalformedBody`, which says `what` it must be."""
    try:
        decoded = _decoder.decode(body)
    except RecursionError:
        raise MalformedBody("the JSON is nested too deeply") from None
    except msgspec.MsgspecError as fault:
        raise MalformedBody(f"this is not JSON: {fault}") from None
    except UnicodeDecodeError:
        raise MalformedBody("this is not UTF-8") from None
    if not isinstance(decoded, dict):
        raise MalformedBody(f"the body must be {what}")
    _refuse_repeated_keys(body, decoded)
    return decoded


def _refuse_repeated_keys(body: bytes, decoded: Any) -> None:
    """Count the keys in the text and in the result; look closely only when they differ."""
    if _keys_written(body) == _keys(decoded):
        return
    json.loads(body, object_pairs_hook=_distinct)


def _keys_written(body: bytes) -> int:
    """Keys in the text, and what looks like one within a string. Hardly any writer puts a space
    before a colon, and without one counting is ten times faster."""
    if b" :" in body or b"\t:" in body or b"\n:" in body or b"\r:" in body:
        return len(_KEY_END.findall(body))
    return body.count(b'":')


def _keys(value: Any) -> int:
    """Keys in all objects of `value`. Spelled out: it is a good part of what a report costs."""
    is_object = type(value) is dict
    total = len(value) if is_object else 0
    for inner in value.values() if is_object else value:
        kind = type(inner)
        if (kind is dict or kind is list) and inner:
            total += _keys(inner)
    return total


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedBody("stands twice in one object", twice[:64])
    return result
