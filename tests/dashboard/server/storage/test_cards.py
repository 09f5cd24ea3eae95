"""The strip and the summary line of Storage & jobs: size, growth, disk, ingest."""

import pytest

from analytics.operations.storage_answers import Disk, Lag
from dashboard.server.storage import cards, sentence
from dashboard.server.storage.data import StorageData
from tests.support.clock import NOON
from tests.support.pages.components import text_of, texts_of
from tests.support.pages.storage_figures import (
    GIGABYTE,
    HOUR,
    a_day,
    a_job,
    growth,
    ingest,
    ingest_point,
    storage_data,
)


def card_texts(page_data: StorageData) -> dict[str, str]:
    """Value with unit, and note, by the label of the card."""
    strip = cards.layout(page_data)
    labels, notes = texts_of(strip, "card-label"), texts_of(strip, "card-note")
    figures = texts_of(strip, "card-figure")
    return {
        label: f"{figure} | {note}"
        for label, figure, note in zip(labels, figures, notes, strict=True)
    }


def test_a_new_store_states_its_size_and_that_growth_is_unknown() -> None:
    assert card_texts(storage_data()) == {
        "Size": "2.00GB | 0 days of raw rows",
        "Growth": "– | no complete day yet",
        "Disk full in": "– | 60.0 GB free",
        "Ingested rows": "0/min | 0 in the range",
        "Rejected": "0/min | nothing received in this range",
        "Ingest lag p95": "– | nothing received in this range",
    }


def test_days_of_two_tables_count_once() -> None:
    days = [a_day(1, 100), a_day(1, 50, "server_samples"), a_day(2, 10)]
    assert card_texts(storage_data(days=days))["Size"] == "2.00GB | 2 days of raw rows"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"outlook": "fills", "days_left": 12.5}, "12.5days | 60.0 GB free"),
        (
            {"outlook": "holds", "full_bytes": 9 * GIGABYTE},
            "never | 30 days take 9.00 GB, 60.0 GB free",
        ),
        ({"outlook": "unknown", "full_bytes": 9 * GIGABYTE}, "– | 60.0 GB free"),
    ],
)
def test_the_disk_is_never_full_only_where_the_retention_holds(
    fields: dict[str, object], text: str
) -> None:
    assert card_texts(storage_data(growth=growth(**fields)))["Disk full in"] == text


def test_the_disk_of_an_external_database_is_unknown() -> None:
    disk = Disk(total_bytes=None, free_bytes=None)
    texts = card_texts(storage_data(disk=disk, growth=growth(bytes_per_day=1_500_000, days=1)))
    assert texts["Disk full in"] == "– | unknown for an external database"
    assert texts["Growth"] == "1.50MB a day | mean of 1 complete day"


def test_rejections_are_a_share_of_all_received_and_tagged_above_five_percent() -> None:
    counts = ingest(accepted=90, duplicates=4, rejected=5, refused=1, rejected_per_minute=0.1)
    strip = cards.layout(storage_data(ingest=counts))
    assert texts_of(strip, "card-note")[4] == "6.0 % of all received"
    assert texts_of(strip, "tag-warn") == ["6.0 % high"]
    few = ingest(accepted=95, rejected=5)
    assert texts_of(cards.layout(storage_data(ingest=few)), "tag-warn") == []


def test_the_lag_is_an_upper_bound_in_full_units() -> None:
    lag = Lag(n=7, p50_within_seconds=5, p95_within_seconds=300)
    texts = card_texts(storage_data(ingest=ingest(lag=lag), series=[ingest_point(0, 9)]))
    assert texts["Ingest lag p95"] == "≤ 5min | median ≤ 5 s"


@pytest.mark.parametrize(
    ("jobs", "grown", "text"),
    [
        ([a_job()], {"days_left": 13.9}, "DiskThe disk will be full in 13.9 days at this growth."),
        (
            [a_job(next_run=None, last_run=NOON + 5 * HOUR)], {},
            "Clock setBy the clock the last run of rollup is still to come:",
        ),
        (
            [a_job(last_run=NOON + 5 * HOUR)] * 2, {},
            "Clock setBy the clock the last run of 2 jobs is still to come:",
        ),
        ([a_job(next_run=None)], {"days_left": 14.0}, "No schedulerNo scheduler is running:"),
        ([a_job(outcome="failed")], {"days_left": 14.0}, "Job failedrollup failed in its last run"),
        (
            [a_job(outcome="failed"), a_job(job="exports", outcome="failed")], {},
            "Job failedrollup and exports failed.",
        ),
        ([a_job()], {"days_left": 14.0}, "DiskThe disk will be full in 14.0 days"),
        (
            [a_job()], {"outlook": "holds", "full_bytes": GIGABYTE},
            "30 days will take 1.00 GB; the disk has room for them.",
        ),
    ],
)  # fmt: skip
def test_the_most_urgent_problem_is_stated_first(
    jobs: list[object], grown: dict[str, object], text: str
) -> None:
    page_data = storage_data(jobs=jobs, growth=growth(**grown))
    assert text_of(sentence.layout(page_data)).startswith(text)


def test_without_a_problem_or_an_outlook_nothing_is_stated() -> None:
    assert sentence.layout(storage_data()) == []
