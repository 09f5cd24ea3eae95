"""The bench of the monitor: its frames carry ids, and a line tells medians and their ratio."""

from scripts.bench import monitor


def test_every_question_and_answer_carries_an_id() -> None:
    for path, _, question, answer in monitor.FRAMES.values():
        assert path.startswith("/")
        assert "{id}" in question
        assert "{id}" in answer


def test_a_line_tells_medians_over_the_rounds_and_their_ratio() -> None:
    text = monitor.line("stomp", {"old": [1.0, 4.0, 2.0], "new": [9.0, 3.0, 2.5]})
    assert text.split() == ["stomp", "2.00", "3.00", "1.50"]
