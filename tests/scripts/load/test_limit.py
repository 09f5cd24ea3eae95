import asyncio

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.load_tests.report import Generator, LoadTestReport, Outcome, RunVerdict
from scripts.load.limit import RESOLUTION, Capacity, Search
from tests.support.load_reports import report
from tests.support.threads import in_thread

MOST = 20_000


def search(true_limit: int, start: int, outcome: Outcome = Outcome.FAILED) -> Capacity:
    """A search against a server that holds so many connections."""

    async def trial(connections: int) -> LoadTestReport:
        holds = connections <= true_limit
        verdict = RunVerdict(
            outcome=Outcome.PASSED if holds else outcome,
            sentence="", broken=[] if holds else ["round trip p95 over 200 ms"],
        )  # fmt: skip
        made = report(verdict=verdict, generator=Generator(limits=["it used 97% of one core"]))
        return msgspec.structs.replace(made)

    return in_thread(asyncio.run, Search(trial, MOST).run(start))


@given(st.integers(1, MOST - 1), st.sampled_from([50, 200, 1000]))
@settings(max_examples=25, deadline=None)
def test_the_limit_lies_within_a_twentieth_above_what_passed(limit: int, start: int) -> None:
    capacity = search(limit, start)
    assert len(capacity.highest) == 3
    assert not capacity.is_lower_bound
    for highest in capacity.highest:
        assert highest <= limit <= highest + max(1, RESOLUTION * highest)


def test_sentences_say_what_gave_way_or_what_ended_the_search() -> None:
    assert "First to give way: round trip p95 over 200 ms" in search(640, 50).sentence(1.0)
    assert search(0, 50).sentence(1.0).startswith("No load held")
    bound = search(640, 50, Outcome.GENERATOR_LIMIT)
    assert bound.is_lower_bound
    assert "the generator is the limit: it used" in bound.sentence(1.0)
    assert search(MOST, 50).sentence(2.0).startswith("At least 20,000 connections at 2 messages")
