"""Building what leaves the house for other servers."""
