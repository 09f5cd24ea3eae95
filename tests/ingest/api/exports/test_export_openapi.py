"""The description of exports: a route per dataset, with the filters that it has."""

from analytics.exports.datasets import DATASETS
from ingest.api.exports import export_openapi, export_views, storage_views

PATHS = export_openapi.paths()


def test_every_dataset_has_a_path_with_its_own_filters() -> None:
    for name, dataset in DATASETS.items():
        operation = PATHS[f"/api/ws/export/{name}.csv"]["get"]
        names = [parameter["name"] for parameter in operation["parameters"]]
        assert names == ["start", "end", *dataset.source.filters, "prepare"]


def test_preparing_is_described_as_it_is_accepted() -> None:
    for name in DATASETS:
        prepare = PATHS[f"/api/ws/export/{name}.csv"]["get"]["parameters"][-1]["schema"]
        assert tuple(prepare["enum"]) == export_views.PREPARE
        assert prepare["default"] == export_views.PREPARE[0]


def test_where_a_prepared_file_will_be_is_always_a_header() -> None:
    accepted = PATHS["/api/ws/export/sessions.csv"]["get"]["responses"]["202"]
    assert accepted["headers"]["Location"]["required"] is True


def test_a_file_may_be_missing_or_not_ready_and_a_list_may_not() -> None:
    file = PATHS[f"{export_views.ROUTE}/{{export_id}}/file"]["get"]["responses"]
    assert {"404", "409"} <= file.keys()
    assert not {"404", "409"} & PATHS[export_views.ROUTE]["get"]["responses"].keys()


def test_storage_is_read_as_json_or_csv() -> None:
    content = PATHS[storage_views.ROUTE]["get"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/csv"}
