"""The durations of an answer per step, for percentiles in steps of any length; pure."""

from analytics.query.arrays import Arrays
from analytics.query.plan import Plan
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.histograms import Histograms


def per_step(plan: Plan, arrays: Arrays, name: str) -> DurationSteps:
    """Durations of one kind of the first label set; those that were not counted are empty."""
    histograms = arrays.histograms.get(name) or Histograms.empty((1, plan.grid.steps))
    return DurationSteps.of(
        histograms, plan.grid, plan.resolution.step.seconds, plan.window, plan.zone
    )
