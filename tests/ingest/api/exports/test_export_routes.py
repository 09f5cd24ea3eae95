"""The routes of exports: one per dataset, with the filters that it has."""

from analytics.exports.datasets import DATASETS
from ingest.api.exports.export_routes import ROUTES
from ingest.api.openapi import operations

OF_PATH = {route.path: route for route in ROUTES}


def test_every_dataset_has_a_path_with_its_own_filters() -> None:
    for name, dataset in DATASETS.items():
        accepted = OF_PATH[f"/api/ws/export/{name}.csv"].query_names
        ends = ("start", "end", "range", "tz")
        assert accepted == (*ends, *dataset.source.filters, "times", "prepare")


def test_where_a_prepared_file_will_be_is_always_a_header() -> None:
    described = operations.operation(OF_PATH["/api/ws/export/sessions.csv"])
    assert described["responses"]["202"]["headers"]["Location"]["required"] is True
