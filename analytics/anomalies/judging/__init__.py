"""The rounds of the scheduler: series listed, bands fitted, new steps judged, incidents written."""
