"""The pipeline accounts for every item of a request once, whatever kind it is."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.collector.outcomes import CLIENT, Outcomes
from ingest.collector.pipeline import Kind, Pipeline
from ingest.collector.write_buffer import CommitResult, StoreBusy
from ingest.payloads import Fault
from models.database.engine import Database
from models.raw.ingest_outcomes import IngestOutcomes
from tests.support.clock import NOON

NEW, STORED, REFUSED, INVALID = "new", "stored", "refused", "invalid"
DIFFERENT = "different"
AWAY = IngestOutcomes(Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere"))


def read(item: str, _now: datetime) -> str:
    if item == INVALID:
        raise Fault("letter", "must be valid")
    return item


def commit(rows: Sequence[str]) -> CommitResult:
    by_fate = {fate: [i for i, row in enumerate(rows) if row == fate] for fate in rows}
    new, refused, different = (by_fate.get(fate, []) for fate in (NEW, REFUSED, DIFFERENT))
    return CommitResult(frozenset(new), dict.fromkeys(refused, "no"), frozenset(different))


def busy(_rows: Sequence[str]) -> CommitResult:
    raise StoreBusy("full")


def post(items: Sequence[str], **kind: Any) -> tuple[int, dict[str, Any]]:
    """(status, body) of a request with these items."""
    fields: dict[str, Any] = {"store": commit, "most_items": 20, **kind}
    letters: Kind[str] = Kind(
        name="letter", source=CLIENT, admit=lambda _: None, decoder=lambda _: read, **fields
    )
    body = json.dumps({"letters": items}).encode()
    environ = {
        "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": len(body),
        "CONTENT_TYPE": "application/json",
    }  # fmt: skip
    response = Pipeline(letters, Outcomes(AWAY, lambda: NOON), lambda: NOON).post(environ)
    return response.status, json.loads(response.body)


@given(st.lists(st.sampled_from([NEW, STORED, DIFFERENT, REFUSED, INVALID]), max_size=20))
def test_every_item_has_an_outcome(items: list[str]) -> None:
    status, receipt = post(items)
    rejected = [rejection["index"] for rejection in receipt["rejected"]]
    assert (receipt["accepted"], receipt["duplicates"]) == (items.count(NEW), items.count(STORED))
    assert receipt["conflicts"] == items.count(DIFFERENT)
    assert rejected == [i for i, item in enumerate(items) if item in (REFUSED, INVALID)]
    assert status == (201 if NEW in items or STORED in items else 422)


def test_a_list_that_is_too_long_is_not_stored() -> None:
    status, receipt = post([NEW] * 21, store=busy)
    assert status == 422
    assert receipt["rejected"] == [
        {"index": 20, "field": "letters", "reason": "must hold at most 20"}
    ]


def test_the_limit_of_the_body_is_that_of_the_kind() -> None:
    assert post([NEW], largest_body=5)[0] == 413


def test_a_busy_store_asks_for_the_same_ids_again() -> None:
    status, problem = post([NEW], store=busy, ids="numbers")
    assert status == 503
    assert problem["detail"] == (
        "Nothing was stored for sure (full): send it again with the same numbers."
    )
