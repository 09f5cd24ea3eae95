"""Which metrics are exported, under which names and units."""

import re

from analytics.otlp.exported import EXPORTED, attributes_of
from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Kind
from models.metrics.server_catalogue import SERVER_CATALOG


def test_every_metric_of_both_catalogues_but_ratios_and_what_only_probes_send() -> None:
    named = {(each.source.value, each.key) for each in EXPORTED}
    catalogues = {("client", each.key) for each in CATALOG if each.kind is not Kind.RATIO}
    catalogues |= {("server", each.key) for each in SERVER_CATALOG if each.kind is not Kind.RATIO}
    assert catalogues - named == {("client", "certificate_days")}
    assert named <= catalogues


def test_names_are_unique_and_without_units() -> None:
    names = [each.name for each in EXPORTED]
    assert len({*names}) == len(names)
    assert all(re.fullmatch(r"wsmon\.(client|server)\.[a-z_]+", name) for name in names)
    assert not [name for name in names if name.endswith(("_ms", "_bytes", "_mbps"))]


def test_labels_become_attributes() -> None:
    assert attributes_of("1006/nobody", ("code", "closed_by")) == {
        "wsmon.close_code": "1006", "wsmon.closed_by": "nobody",
    }  # fmt: skip
    assert attributes_of("1000", ("code", "closed_by")) == {"wsmon.close_code": "1000"}
    assert attributes_of("403", ("status",)) == {"http.response.status_code": 403}
    assert attributes_of("a/b", ("kind",)) == {"error.type": "a/b"}
