"""Figures of whole sessions: intervals, sums, the largest ones."""
