"""The fields of a report agree between monitor, payload, OpenAPI, table and catalogue."""

import re
from typing import Any

import msgspec
import pytest

from ingest.api.document import document
from ingest.payloads.schema import SECTIONS, ReportPayload
from ingest.site import sdk
from models.database.engine import Database
from models.metrics.client_catalogue import CATALOG
from models.raw.client_reports import COLUMNS, ClientReport
from tests.support.store.postgres import autocommit_cursor

ONLY_ON_THE_SERVER = {
    "received_at", "country", "region", "browser", "os", "abnormal_closes", "automated",
}  # fmt: skip
STORED_OTHERWISE = {
    "latency.samples_ms": "latency",
    "latency.histogram": "latency",
    "reply.samples_ms": "reply",
    "reply.histogram": "reply",
    "setup_ms": "setup",
    "network.type": "network_type",
    "ux.errors": "ux_errors",
}
PARTS_OF_A_HISTOGRAM = re.compile(r"(latency|setup|reply)_(buckets|counts|sum_us)")
STORED_BESIDE = {"ends"}  # in a table of their own
PAGE_FILLED_FIELDS = {"custom"}


def fields_of_the_payload() -> set[str]:
    inner = {f"{name}.{field}" for name, kind in SECTIONS.items() for field in names(kind)}
    return inner | (names(ReportPayload) - SECTIONS.keys())


def names(kind: type[msgspec.Struct]) -> set[str]:
    return set(kind.__struct_fields__)


def column_of(field: str) -> str:
    return STORED_OTHERWISE.get(field, field.rpartition(".")[2])


def test_every_field_of_the_payload_has_its_column() -> None:
    columns = {column_of(field) for field in fields_of_the_payload()}
    sums = {"latency_sum_us", "setup_sum_us", "reply_sum_us"}
    assert columns - STORED_BESIDE == set(COLUMNS) - ONLY_ON_THE_SERVER - sums


def test_the_row_and_the_columns_are_the_same() -> None:
    parts = {name for name in names(ClientReport) if PARTS_OF_A_HISTOGRAM.fullmatch(name)}
    assert names(ClientReport) - parts - STORED_BESIDE == {
        name for name in COLUMNS if name not in ("latency", "setup", "reply") and name not in parts
    }


def test_the_migrated_table_has_exactly_these_columns(database: Database) -> None:
    with autocommit_cursor(database.url) as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'client_reports'::regclass "
            "AND attnum > 0 AND NOT attisdropped"
        )
        assert {name for (name,) in cursor.fetchall()} == set(COLUMNS)


def test_the_catalog_names_existing_fields_and_columns() -> None:
    fields = {field for metric in CATALOG for field in metric.fields}
    plain = {field for field in fields if not field.startswith("custom.")}
    assert plain <= fields_of_the_payload()
    assert {column for metric in CATALOG for column in metric.columns} <= names(ClientReport)


@pytest.mark.parametrize("kind", [ReportPayload, *SECTIONS.values()], ids=lambda k: k.__name__)
def test_the_description_has_every_field(kind: type[msgspec.Struct]) -> None:
    schemas: dict[str, Any] = document()["components"]["schemas"]
    assert set(schemas[kind.__name__]["properties"]) == names(kind)


@pytest.mark.parametrize("field", sorted(fields_of_the_payload() - PAGE_FILLED_FIELDS))
def test_the_monitor_knows_every_field(field: str) -> None:
    name = field.rpartition(".")[2]
    if field == "latency.samples_ms":
        name = "histogram"  # it counts into the histogram at once; both forms add
    assert re.search(rf"\b{name}\b", sdk.script())
