"""Intervals and tests that several subjects use: of correlations, of families, by days."""
