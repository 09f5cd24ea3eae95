"""Decodes a request body into plain objects.

Ambiguous JSON is refused: NaN, numbers beyond a double, lone surrogates, and duplicate keys in an
object.
"""

import json
import re
from typing import Any

import msgspec

MOST_REPORTS = 100
_KEY_END = re.compile(rb'"[ \t\r\n]*:')
_decoder = msgspec.json.Decoder()


class MalformedBody(ValueError):
    """The body is not acceptable JSON. Attributes: `reason`, `field` (`None`: the body itself)."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


def items(body: bytes, list_name: str = "reports") -> list[Any]:
    """The objects in a body: a single one, or the list `list_name`. Raises `MalformedBody`."""
    decoded = json_object(body, f"one object, or an object with {list_name}")
    if list_name not in decoded:
        return [decoded]
    objects = decoded[list_name]
    if not isinstance(objects, list):
        raise MalformedBody("must be a list", list_name)
    return objects


def json_object(body: bytes, expected: str = "one object") -> dict[str, Any]:
    """The body as an object. Raises `MalformedBody`; its text names what is `expected`."""
    try:
        decoded = _decoder.decode(body)
    except RecursionError:
        raise MalformedBody("the JSON is nested too deeply") from None
    except msgspec.MsgspecError as fault:
        raise MalformedBody(f"this is not JSON: {fault}") from None
    except UnicodeDecodeError:
        raise MalformedBody("this is not UTF-8") from None
    if not isinstance(decoded, dict):
        raise MalformedBody(f"the body must be {expected}")
    _refuse_repeated_keys(body, decoded)
    return decoded


def _refuse_repeated_keys(body: bytes, decoded: Any) -> None:
    """Compare the number of keys before and after decoding; parse in Python only on a mismatch."""
    if _keys_written(body) == _keys(decoded):
        return
    json.loads(body, object_pairs_hook=_distinct)


def _keys_written(body: bytes) -> int:
    """Keys in the text, and what looks like one within a string. Hardly any encoder puts a space
    before a colon, and counting without one is ten times faster."""
    if b" :" in body or b"\t:" in body or b"\n:" in body or b"\r:" in body:
        return len(_KEY_END.findall(body))
    return body.count(b'":')


def _keys(value: Any) -> int:
    """Keys in all objects of `value`. Written for speed: a good part of what a report costs."""
    is_object = type(value) is dict
    total = len(value) if is_object else 0
    for inner in value.values() if is_object else value:
        kind = type(inner)
        if (kind is dict or kind is list) and inner:
            total += _keys(inner)
    return total


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise MalformedBody("stands twice in one object", repeated[:64])
    return members
