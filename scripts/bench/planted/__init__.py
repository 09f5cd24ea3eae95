"""Incidents drawn at run time and planted in generated reports: how many are found, and explained
by the right slice."""
