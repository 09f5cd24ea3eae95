"""Stored load tests."""
