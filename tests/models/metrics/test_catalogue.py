"""The catalogue is complete: every number of a report has a metric, every metric a source."""

import pytest

from analytics.ranges.timerange import Filters
from ingest.payloads.schema import SECTIONS, ReportPayload
from models.metrics import server_columns
from models.metrics.client_catalogue import CATALOG, METRICS
from models.metrics.dimensions import CLIENT_FILTERS
from models.metrics.metric import Kind, Metric, Worse
from models.metrics.server_catalogue import SERVER_CATALOG, SERVER_METRICS
from models.raw import server_samples
from models.raw.client_reports import ClientReport

SESSION_KEYS = {"sessions", "calm_sessions"}
NOT_METRICS = {"type", "effective_type"}
ratios = pytest.mark.parametrize(
    "metric", [metric for metric in CATALOG if metric.kind is Kind.RATIO], ids=lambda m: m.key
)


def test_keys_are_distinct() -> None:
    assert len(METRICS) == len(CATALOG)


def test_every_column_exists_in_the_store() -> None:
    columns = {column for metric in CATALOG for column in metric.columns}
    assert columns <= set(ClientReport.__struct_fields__)


def test_every_number_of_a_report_is_described() -> None:
    fields = {field for metric in CATALOG for field in metric.fields}
    numbers = {
        f"{section}.{name}"
        for section, payload in SECTIONS.items()
        for name in payload.__struct_fields__
        if name not in NOT_METRICS
    }
    assert fields == numbers | {"setup_ms", "lost_reports", "custom.certificate_days"}
    assert {"setup_ms", "lost_reports"} <= set(ReportPayload.__struct_fields__)


@ratios
def test_ratios_are_made_of_metrics(metric: Metric) -> None:
    assert {metric.numerator, *metric.denominator} <= METRICS.keys() | SESSION_KEYS


def test_metrics_with_a_threshold_have_a_bad_direction() -> None:
    alarming = [metric for metric in CATALOG if metric.threshold is not None]
    assert all(metric.worse is not Worse.NEITHER for metric in alarming)


def test_questions_are_filtered_by_the_dimensions() -> None:
    assert set(CLIENT_FILTERS) == {*Filters.__dataclass_fields__}


def test_every_column_of_server_metrics_exists_in_the_store() -> None:
    columns = {column for metric in SERVER_CATALOG for column in metric.columns}
    assert columns <= set(server_samples.COLUMNS)
    assert {*server_columns.COUNTERS, *server_columns.HISTOGRAMS} <= columns


def test_every_server_counter_is_exposed() -> None:
    split = {(m.key, len(m.split_by) > 0) for m in SERVER_CATALOG if m.kind is Kind.COUNT}
    assert {(name, True) for name in (*server_columns.BY_LABEL, "sent_by_type")} <= split
    exposed = [metric.exposed for metric in SERVER_CATALOG if metric.exposed]
    assert len(exposed) == len(set(exposed))


def test_the_ratios_of_servers_are_made_of_server_metrics() -> None:
    for metric in SERVER_CATALOG:
        parts = {*metric.denominator, *filter(None, [metric.numerator])}
        assert parts <= SERVER_METRICS.keys()
