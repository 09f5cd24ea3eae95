"""Objects of JSON as structs, strictly: a field that is not there is a fault."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from .fault import Fault, from_validation

PayloadStruct = TypeVar("PayloadStruct", bound=msgspec.Struct)
_unknown = re.compile(r"Object contains unknown field `([^`]{0,64})")


def struct_of(
    item: Any, kind: type[PayloadStruct], requirements: Mapping[str, str]
) -> PayloadStruct:
    """The item as `kind`; `requirements`: what the value at a path must be. Raises `Fault`."""
    try:
        return msgspec.convert(item, kind, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        unknown = _unknown.match(str(error))
        if unknown:
            raise Fault(unknown[1], "is not known") from None
        raise from_validation(error, dict(requirements)) from None
