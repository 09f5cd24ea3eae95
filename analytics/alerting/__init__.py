"""Alerts, thought through: values in, values out.

Nothing in here knows a clock, a database or a message; `analytics.jobs.alerts` joins it to them.
"""
