"""Validation of a new recipient, or of a change to one."""

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from .fault import Fault, from_validation

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Payload = TypeVar("Payload", bound=msgspec.Struct)


class RecipientPayload(msgspec.Struct, frozen=True):
    """A new recipient; `name` defaults to the address, or to the host of a webhook."""

    kind: Literal["email", "webhook"]
    address: Annotated[str, Meta(min_length=3, max_length=500)]
    name: Annotated[str, Meta(max_length=64)] = ""
    wants_resolved: bool = True
    wants_digest: bool = False
    paused: bool = False


class RecipientChange(msgspec.Struct, frozen=True):
    """What is to be different; the rest stays."""

    name: Name | UnsetType = UNSET
    wants_resolved: bool | UnsetType = UNSET
    wants_digest: bool | UnsetType = UNSET
    paused: bool | UnsetType = UNSET


_requirements = {
    "kind": "must be email or webhook",
    "address": "must be text of 3 to 500 characters",
    "name": "must be text of 1 to 64 characters",
    "wants_resolved": "must be true or false",
    "wants_digest": "must be true or false",
    "paused": "must be true or false",
}


def read_recipient(item: Any, kind: type[Payload]) -> Payload:
    """The values in `item`. Raises `Fault` naming the first field at fault."""
    if not isinstance(item, dict):
        raise Fault("recipient", "must be an object")
    try:
        return msgspec.convert(item, kind, strict=True)
    except msgspec.ValidationError as error:
        raise from_validation(error, _requirements) from None
