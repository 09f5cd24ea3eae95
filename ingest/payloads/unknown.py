"""Counts the fields of a posted object that its schema lacks: ignored, but told to the sender."""

from collections.abc import Callable
from typing import Any, get_type_hints

import msgspec


def counter(struct: type[msgspec.Struct]) -> Callable[[Any], int]:
    """A function from a plain object to the number of its fields, and of those of its sections at
    any depth, that `struct` lacks. A value that is no object has none.
    """
    fields = frozenset(struct.__struct_fields__)
    sections = [
        (name, counter(kind))
        for name, kind in get_type_hints(struct).items()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    ]

    def count(item: Any) -> int:
        if not isinstance(item, dict):
            return 0
        number = 0 if item.keys() <= fields else len(item.keys() - fields)
        for name, count_section in sections:
            if name in item:
                number += count_section(item[name])
        return number

    return count
