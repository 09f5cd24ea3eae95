"""What else moved at the same time."""

from datetime import UTC, datetime, timedelta

from analytics.anomalies.explain.meanwhile import Moved, note, overlapping

START = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def moved(metric: str, after: timedelta, lasting: timedelta | None = HOUR) -> Moved:
    start = START + after
    end = None if lasting is None else start + lasting
    return Moved(metric=metric, start=start, end=end, severity="Low")


def test_those_that_overlap_are_listed_with_the_nearest_start_first() -> None:
    others = [
        moved("Errors", -1.5 * HOUR), moved("Drops", 5 * HOUR), moved("Round trip", HOUR / 2),
        moved("Attempts", -9 * HOUR, None), moved("Closes", -9 * HOUR),
    ]  # fmt: skip
    near = overlapping(START, START + HOUR, others)
    assert [each.metric for each in near] == ["Round trip", "Errors", "Attempts"]
    assert [each.metric for each in overlapping(START, None, others)][-1] == "Attempts"


def test_the_note_says_when_each_began() -> None:
    other = Moved(
        metric="Drops", labels=(("country", "BR"),), start=START - HOUR, end=None, severity="High"
    )
    assert note(START, None, [moved("Closes", HOUR / 3), other]) == [
        "At the same time moved: Closes (Low, 20 min later), "
        "Drops of Brazil (High, 60 min earlier)."
    ]
    assert note(START, START + HOUR, []) == []
    (many,) = note(START, None, [moved(f"M{number}", HOUR * 0) for number in range(7)])
    assert many.endswith("M4 (Low, since the same minute), and 2 more.")
