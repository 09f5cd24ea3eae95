"""Planted changes are explained by the slice they were planted in."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.anomalies.explain import candidates, ranking
from analytics.anomalies.explain.explanation import explanation
from analytics.anomalies.explain.table import Table
from tests.analytics.anomalies.explain.planted_cube import planted

SLICES = (
    {"country": "BR"},
    {"browser": "Safari"},
    {"release": "2.4.1"},
    {"country": "US", "browser": "Chrome"},
    {"release": "2.4.1", "browser": "Safari"},
    {"release": "2.4.1", "browser": "Safari", "country": "BR"},
)


@pytest.mark.parametrize("slice_", SLICES, ids=lambda each: " ".join(each.values()))
def test_the_planted_slice_is_first_whatever_the_noise(slice_: dict[str, str]) -> None:
    for seed in range(5):
        explained = explanation(planted(slice_, 12.0, people=60_000, seed=seed), "drops")
        first = explained.contributions[0]
        assert (first.slice, first.is_notable) == (slice_, True)
        assert first.rank_low == 1
        assert first.share == pytest.approx(1.0, abs=0.2)
        assert explained.rate_share == pytest.approx(1.0, abs=0.2)


def test_the_sentence_names_share_and_slice_as_people_speak() -> None:
    planted_in = {"release": "2.4.1", "browser": "Safari", "country": "BR"}
    explained = explanation(planted(planted_in, 40.0, people=50_000), "drops")
    text = explained.sentence.replace("\u202f", " ")
    assert "% of the extra drops: release 2.4.1 on Safari in Brazil (usually 2 %)." in text


def test_a_change_of_everybody_is_everywhere() -> None:
    explained = explanation(planted({}, 3.0), "drops")
    assert explained.sentence == (
        "It is everywhere: nothing has more than its usual share of the extra drops."
    )
    assert not explained.notable
    assert "nothing special there" in explained.notes[0]


def test_a_changed_mix_while_every_country_is_as_usual_is_no_rate() -> None:
    """Simpson's case: people of a country with five times the failures came."""
    slices = planted(more={"IN": 8.0}, rates={"IN": 5.0}, is_ratio=True)
    explained = explanation(slices, "failed attempts")
    assert explained.mix_share == pytest.approx(1.0, abs=0.15)
    assert explained.rate_share == pytest.approx(0.0, abs=0.15)
    assert explained.contributions[0].slice == {"country": "IN"}
    assert explained.sentence.startswith("No country is worse than usual; the mix changed: ")


def test_more_people_of_a_country_are_the_cause() -> None:
    explained = explanation(planted(more={"BR": 6.0}), "drops")
    assert explained.contributions[0].slice == {"country": "BR"}
    assert explained.volume_share == pytest.approx(1.0, abs=0.15)
    assert "There are more people, each with the usual drops." in explained.sentence


def test_reports_that_are_missing_are_those_of_who_sent_them() -> None:
    slices = planted(more={"US": 0.0})
    tables = [replace(each, bad=each.n) for each in (slices.total, *slices.singles)]
    cube = replace(slices.cube, bad=slices.cube.n) if slices.cube is not None else None
    missing = replace(slices, total=tables[0], singles=tables[1:], cube=cube)
    explained = explanation(missing, "reports")
    assert explained.contributions[0].slice == {"country": "US"}
    assert explained.contributions[0].share == pytest.approx(1.0, abs=0.1)
    assert "of the missing reports: United States (usually 40" in explained.sentence


def test_people_who_load_a_new_release_are_no_change() -> None:
    """All drop more often, and most have the new release: it is everywhere."""
    slices = planted({}, 3.0)
    table = slices.singles[2]
    bad, n = table.bad.copy(), table.n.copy()
    row = [each["release"] for each in table.labels].index("2.4.1")
    for series in (bad, n):
        series[1 - row, :-1] += series[row, :-1]
        series[row, :-1] = 0
    adopted = replace(table, bad=bad, n=n)
    singles = [*slices.singles[:2], adopted, slices.singles[3]]
    explained = explanation(replace(slices, singles=singles, cube=None), "drops")
    assert explained.sentence.startswith("It is everywhere")


def test_a_pair_is_named_only_if_it_says_more_than_its_side() -> None:
    slices = planted({"country": "BR"}, 12.0, people=100_000)
    search = candidates.Search(slices)
    broad, finer = search.best(), {"country": "BR", "effective_type": "4g"}
    assert broad is not None
    assert slices.cube is not None
    table = slices.cube.by(("country", "effective_type"))
    pair = next(each for each in search._candidates(table) if each.labels == finer)
    assert pair.is_notable
    assert not ranking.says_more(pair, broad)


def test_the_order_of_tables_and_rows_changes_nothing() -> None:
    slices = planted({"country": "BR"}, 6.0)

    def turned(table: Table) -> Table:
        order = np.arange(len(table.labels))[::-1]
        return table._select([*map(int, order)])

    cube = turned(slices.cube) if slices.cube is not None else None
    turned_over = replace(
        slices, singles=[turned(each) for each in slices.singles[::-1]], cube=cube
    )
    first, second = (explanation(each, "drops") for each in (slices, turned_over))
    assert first.sentence == second.sentence
    for each, other in zip(first.contributions, second.contributions, strict=True):
        assert each.slice == other.slice
        assert (each.rank_low, each.rank_high) == (other.rank_low, other.rank_high)
        assert each.change == pytest.approx(other.change)


def test_close_ranks_are_noted() -> None:
    slices = planted({"country": "BR"}, 4.0, people=4000)
    browsers = next(each for each in slices.singles if each.dimensions == ("country",))
    twin = replace(
        browsers, dimensions=("release",),
        labels=[{"release": each["country"]} for each in browsers.labels],
    )  # fmt: skip
    explained = explanation(replace(slices, singles=[browsers, twin], cube=None), "drops")
    assert [each.is_notable for each in explained.contributions[:2]] == [True, True]
    assert explained.contributions[0].rank_high == 2
    assert explained.notes[0].startswith("The order is not sure: ")


@pytest.mark.parametrize("amount", [1e300, -1e300, 1e12])
def test_amounts_of_any_size_are_ranked(amount: float) -> None:
    sizes = (amount, 40.0, 5.0)
    slices = [
        ranking.Candidate(
            labels={"release": str(size)}, observed=size, expected=30.0, of_all=(sum(sizes), 90.0),
            change=size - 30.0, share=0.5, n=100.0, sessions=10.0, dispersion=1.0,
        )
        for size in sizes
    ]  # fmt: skip
    ranges = ranking.rank_ranges(slices)
    assert all(1 <= low <= high <= 3 for low, high in ranges)
