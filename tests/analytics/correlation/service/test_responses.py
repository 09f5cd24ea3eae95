"""The answer of the API is made of a result, field by field, and holds no NaN."""

import msgspec

from analytics.correlation.service import responses
from tests.support.pages.correlation_figures import correlations, refused

# As the contract of the route names them.
CONTRACT = {
    *("x", "y", "spearman", "low", "high", "pearson", "n", "n_effective", "p_adjusted"),
    *("lag_minutes", "slope", "strength", "sentence", "enough_data"),
}


def test_the_pairs_of_the_documentation_come_first_with_the_fields_of_the_contract() -> None:
    encoded = msgspec.json.encode(responses.response_of(correlations(), {"app": "portal"}))
    result = msgspec.json.decode(encoded)
    first = result["pairs"][0]
    assert first.keys() >= CONTRACT
    assert [pair["is_seed"] for pair in result["pairs"]] == [True] * 3 + [False] * 33
    assert [round(first[name], 2) for name in ("spearman", "low", "high")] == [0.41, 0.33, 0.49]
    assert first["slope"]["unit"] == "ms per 10 ms"
    sessions = first["per_session"]
    assert (sessions["within"]["value"], sessions["explained_by"]) == (0.12, "country")
    assert [each["label"] for each in sessions["dose"]] == ["0", "1", "2", "3–5", "more"]
    assert result["cost"]["outcomes"][0]["per_day"]["value"] == -1417.0
    assert result["filters"] == {"app": "portal"}
    assert (result["sessions"], result["read_share"]) == (48_210, 1.0)
    drawn = responses.response_of(correlations(read_share=0.8), {})
    assert drawn.read_share == 0.8


def test_what_is_refused_has_a_reason_and_no_figure() -> None:
    result = responses.response_of(refused(), {})
    for pair in result.pairs:
        assert not pair.enough_data
        assert pair.reason
        assert (pair.spearman, pair.low, pair.n_effective, pair.slope) == (None,) * 4
        assert pair.per_session.within is None
        assert pair.per_session.reason
