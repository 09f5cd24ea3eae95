"""Where it is worst: the order of the rows, their drawing and links, the worst pair in words."""

from collections.abc import Mapping, Sequence
from math import nan

import numpy as np
import pytest

from analytics.query.arrays import Labels
from analytics.query.not_counted import BEFORE_MOMENTS, NotCounted
from analytics.reports.segments.additive import SUMS, Additive
from analytics.reports.segments.compared import Comparison, compared
from analytics.reports.segments.reading import Segments
from analytics.reports.segments.worst import WhereWorst
from analytics.stats.histograms import Histograms
from analytics.stats.session_moments import SIZE
from dashboard.client.worst import callbacks, panel, tables
from dashboard.client.worst.url_state import OverviewView
from dashboard.core.numbers import DASH
from tests.support.clock import NOON
from tests.support.pages.components import components_of, links_of, table_rows, text_of
from tests.support.store.segment_factory import people, segments

People = Mapping[str, tuple[int, int]]  # sessions and those without a drop, by value


def comparison_of(
    labels: Sequence[Labels], people: Sequence[tuple[float, float]],
    not_counted: Mapping[str, NotCounted] | None = None,
) -> Comparison:  # fmt: skip
    """Segments whose stability alone is counted."""
    rows, nothing = len(labels), np.zeros(len(labels))
    numbers = np.array(people, dtype=np.float64)
    additive = Additive(
        sums=dict.fromkeys(SUMS, nothing), n=dict.fromkeys(SUMS, nothing), reports=numbers[:, 0],
        sessions=numbers[:, 0], calm=numbers[:, 1], latency=Histograms.empty((rows, 1)),
        moments=np.zeros((rows, SIZE)),
    )  # fmt: skip
    return compared(
        Segments(
            start=NOON, end=NOON, data_as_of=NOON, group_by=tuple(labels[0]), labels=list(labels),
            additive=additive,
            sessions_are="started", not_counted=not_counted or {},
        )
    )  # fmt: skip


def by_release(people: People) -> Comparison:
    return comparison_of([{"release": value} for value in people], list(people.values()))


RELEASES = by_release({"2.4.1": (900, 700), "2.4.0": (900, 870), "2.3.9": (12, 2)})


def test_the_most_affected_are_first_and_too_few_sessions_last() -> None:
    rows = tables.rows_of(RELEASES, "release")
    assert [row.name for row in rows] == ["2.4.1", "2.4.0", "2.3.9"]
    assert rows[0].is_sure
    assert rows[0].difference == pytest.approx(700 / 900 - 872 / 912)
    assert rows[2].is_small


def test_a_row_filters_and_compares() -> None:
    view = OverviewView(preset="7d", compare="off")
    content = panel.draw(view, WhereWorst({"release": RELEASES}, {}))
    rows = table_rows(content.body)
    assert rows[0][:2] == ["2.4.1", "900"]
    assert rows[0][3:5] == ["77.8", "−17.8"]
    assert rows[2][2] == "too few sessions"
    assert links_of(content.body)["2.4.1"].endswith("release=2.4.1")
    assert links_of(content.body)[""].endswith("&versus=release&value=2.3.9")
    assert len(content.table.rows) == 3


def test_sessions_that_are_not_counted_are_not_too_few() -> None:
    comparison = comparison_of([{"release": "2.4.1"}], [(nan, nan)], {"sessions": BEFORE_MOMENTS})
    content = panel.draw(OverviewView(), WhereWorst({"release": comparison}, {}))
    (row,) = table_rows(content.body)
    assert row[1:3] == [DASH, "sessions not counted"]
    assert content.table.rows[0][2] is None
    assert str(BEFORE_MOMENTS) in content.foot
    assert components_of(content.body, "interval-head") == []


def test_round_trips_are_in_the_unit_of_their_heading() -> None:
    slow = compared(segments(({"release": "2.4.1"}, people(40, latency_ms=12_400))))
    (row,) = table_rows(panel.draw(OverviewView(), WhereWorst({"release": slow}, {})).body)
    assert float(row[5].replace(",", "")) > 12_400


def test_the_worst_pair_is_named_with_its_figures() -> None:
    browsers = comparison_of([{"browser": "Safari 18"}, {"browser": "Chrome 141"}],
                             [(600, 480), (1200, 1160)])  # fmt: skip
    pairs = comparison_of(
        [
            {"browser": browser, "release": release}
            for release in ("2.4.1", "2.4.0")
            for browser in ("Safari 18", "Chrome 141")
        ],
        [(300, 190), (600, 580), (300, 290), (600, 580)],
    )
    releases = by_release({"2.4.1": (900, 770), "2.4.0": (900, 870)})
    worst = WhereWorst({"browser": browsers, "release": releases}, {("browser", "release"): pairs})
    text = text_of(panel.draw(OverviewView(preset="7d"), worst).body)
    assert "Stability in Safari 18 with 2.4.1 is 63.3 %" in text
    assert "in 300 sessions; neither alone is as bad." in text
    links = links_of(panel.draw(OverviewView(preset="7d"), worst).body)
    assert "browser=Safari+18" in links["Only these"]
    assert "release=2.4.1" in links["Only these"]


def test_without_sessions_there_is_nothing_to_rank() -> None:
    assert panel.draw(OverviewView(), WhereWorst({}, {})).is_empty
    absent, worst = callbacks.layout().children
    assert absent.hidden
    assert text_of(worst).startswith("Where it is worst")
