"""The route of correlations: the fields of the contract, filters, CSV, refusals."""

import pytest
from flask.testing import FlaskClient

from ingest.api.client.correlation_routes import KEYS, PATH
from ingest.api.client.correlation_table import HEADER
from models.database.engine import Database
from tests.support.pages.correlation_figures import correlations
from tests.support.servers.api_client import new_token
from tests.support.store.csv_exports import api_get, csv_rows

FIELDS = {
    *("x", "y", "spearman", "low", "high", "pearson", "n", "n_effective", "p_adjusted"),
    *("lag_minutes", "slope", "strength", "sentence", "enough_data"),
}


def test_a_store_without_reports_has_every_pair_and_why_there_is_no_figure(
    client: FlaskClient, database: Database
) -> None:
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    filters = {"app": "portal", "country": "BR", "browser": "Chrome"}
    result = api_get(client, bearer, PATH, **filters, pair=KEYS[7]).get_json()
    assert result["filters"] == filters
    assert result["selected"] == KEYS[7]
    assert [pair["is_seed"] for pair in result["pairs"]] == [True] * 3 + [False] * (len(KEYS) - 3)
    for pair in result["pairs"]:
        assert pair.keys() >= FIELDS
        assert (pair["enough_data"], pair["spearman"], pair["strength"]) == (False, None, "none")
        assert pair["reason"]
        assert pair["per_session"]["reason"]
    assert result["cost"]["reason"]
    rows = csv_rows(api_get(client, bearer, PATH, format="csv").text)
    assert [tuple(rows[0]), len(rows)] == [HEADER, len(KEYS)]
    assert (rows[0]["spearman"], rows[0]["enough_data"]) == ("", "False")
    for wrong in {"page": "/a"}, {"automated": "only"}, {"pair": "drops~joy"}, {"metric": "drops"}:
        assert api_get(client, bearer, PATH, **wrong).status_code == 422
    assert client.get(PATH).status_code == 401


def test_every_figure_of_a_pair_has_a_cell(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "analytics.correlation.service.reports.CorrelationReports.read", lambda *_: correlations()
    )
    bearer = {"Authorization": f"Bearer {new_token(database, 'analyst')}"}
    row = csv_rows(api_get(client, bearer, PATH, format="csv").text)[0]
    assert (row["x"], row["y"], row["spearman"]) == ("latency_p95_ms", "page_load_ms", "0.41")
    assert (row["slope"], row["slope_unit"]) == ("3.1", "ms per 10 ms")
    assert (row["session_within"], row["session_explained_by"]) == ("0.12", "country")
    assert (row["session_slope"], row["session_touched"]) == ("", "0.12")
