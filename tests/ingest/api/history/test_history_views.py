"""What a request for history selects: series in order, and filters of their dimensions alone."""

import pytest
from werkzeug.datastructures import MultiDict

from analytics.query.series import SERIES
from ingest.api.history import history_views
from ingest.http.problems import Unprocessable

BROWSERS, SERVERS = SERIES["client_drops"], SERIES["opened"]


def test_series_come_in_the_requested_order() -> None:
    arguments = MultiDict({"series": "opened,client_drops,active_connections"})
    names = history_views.series_of(arguments, SERIES)
    assert names == ["opened", "client_drops", "active_connections"]


def test_a_hostile_name_is_shortened_and_quoted_in_the_refusal() -> None:
    with pytest.raises(Unprocessable) as caught:
        history_views.series_of(MultiDict({"series": "<b>\n" + "x" * 900}), SERIES)
    assert "'<b>\\nxxx" in caught.value.detail
    assert len(caught.value.detail) < 200


def test_a_filter_needs_a_series_that_has_its_dimension() -> None:
    both = MultiDict({"country": "BR", "service": "chat", "app": ""})
    selected = history_views.filters_of(both, [BROWSERS, SERVERS])
    assert selected == {"country": "BR", "service": "chat"}
    with pytest.raises(Unprocessable) as caught:
        history_views.filters_of(MultiDict({"country": "BR"}), [SERVERS])
    assert caught.value.field == "country"
