"""Recipients as posted: every wrong value is refused by its field, and absent ones are left."""

from typing import Any

import msgspec
import pytest

from ingest.payloads.fault import Fault
from ingest.payloads.recipient import RecipientChange, RecipientPayload, read_recipient

EMAIL = {"kind": "email", "address": "a@example.com"}


def test_a_new_recipient_has_defaults() -> None:
    recipient = read_recipient(EMAIL, RecipientPayload)
    assert (recipient.name, recipient.paused) == ("", False)
    assert (recipient.wants_resolved, recipient.wants_digest) == (True, False)


def test_a_change_holds_only_what_was_sent() -> None:
    change = read_recipient({"paused": False, "kind": "webhook"}, RecipientChange)
    assert msgspec.to_builtins(change) == {"paused": False}
    assert msgspec.to_builtins(read_recipient({}, RecipientChange)) == {}


@pytest.mark.parametrize(
    ("field", "reason", "values"),
    [
        ("kind", "must be email or webhook", {"kind": "fax"}),
        ("kind", "must be email or webhook", {"kind": None}),
        ("address", "must be text of 3 to 500 characters", {"address": "ab"}),
        ("address", "must be text of 3 to 500 characters", {"address": "a" * 501}),
        ("address", "must be text of 3 to 500 characters", {"address": ["a@b.c"]}),
        ("name", "must be text of 1 to 64 characters", {"name": "x" * 65}),
        ("paused", "must be true or false", {"paused": 1}),
        ("wants_digest", "must be true or false", {"wants_digest": "yes"}),
        ("wants_resolved", "must be true or false", {"wants_resolved": None}),
    ],
)
def test_a_wrong_value_is_named_with_what_it_must_be(
    field: str, reason: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Fault) as fault:
        read_recipient(EMAIL | values, RecipientPayload)
    assert (fault.value.field, fault.value.reason) == (field, reason)


@pytest.mark.parametrize("missing", ["kind", "address"])
def test_a_missing_value_is_required(missing: str) -> None:
    posted = {name: value for name, value in EMAIL.items() if name != missing}
    with pytest.raises(Fault) as fault:
        read_recipient(posted, RecipientPayload)
    assert (fault.value.field, fault.value.reason) == (missing, "is required")


def test_a_name_cannot_be_changed_to_nothing() -> None:
    with pytest.raises(Fault) as fault:
        read_recipient({"name": ""}, RecipientChange)
    assert fault.value.field == "name"


@pytest.mark.parametrize("item", [None, 3, "email", [EMAIL]])
def test_what_is_no_object_is_no_recipient(item: Any) -> None:
    with pytest.raises(Fault, match="must be an object"):
        read_recipient(item, RecipientPayload)
