"""Anomalies: expected values, bands, verdicts, incidents, and which slice explains them."""
