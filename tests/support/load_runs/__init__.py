"""Runs of load tests: all scenarios at once, and clients in blocking code."""
