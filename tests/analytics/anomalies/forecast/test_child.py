"""The child's side: one result a task, in order, whatever becomes of a fit."""

import io

import pytest

from analytics.anomalies.forecast import child
from analytics.anomalies.forecast.fit_messages import FitResult, FitTask, line_of, result_in

TASK = FitTask([0, 1], [1.0, 2.0], [False, False], [2], [False])


def results(lines: list[bytes], outcome: object) -> list[FitResult]:
    def predict(_: FitTask) -> list[float]:
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome] if isinstance(outcome, float) else []

    output = io.BytesIO()
    child.answer_all(lines, output, predict)
    return [result_in(line) for line in output.getvalue().splitlines()]


def test_each_task_has_a_result() -> None:
    assert results([line_of(TASK), line_of(TASK)], 3.5) == [FitResult([3.5]), FitResult([3.5])]


def test_a_fit_that_fails_says_why_and_spoils_no_other() -> None:
    many = results([line_of(TASK), b"{}\n", line_of(TASK)], ValueError("too few rows"))
    assert [each.fault for each in many][::2] == ["ValueError: too few rows"] * 2
    assert "missing required field" in many[1].fault


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_prediction_that_is_no_number_is_a_fault(value: float) -> None:
    assert results([line_of(TASK)], value) == [FitResult([], child.NOT_FINITE)]
