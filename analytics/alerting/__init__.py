"""Alerting: rules, their evaluation over windows, the life cycle of alerts, notices and previews.

`rules`, `lifecycle` and `policy` are pure functions of values and never read the clock or the
database; `analytics.jobs.alerts` runs the evaluation against the store.
"""
