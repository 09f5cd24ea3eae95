"""The detector: pure functions from values on a grid of steps to bands and verdicts.

It knows no store, no metric and no forecast: whoever calls it reads the values and may pass
expected values of its own. A verdict depends on its own and earlier steps alone.
"""
