"""Benchmarks, side by side in one run: ratios are comparable, seconds of a machine are not."""
