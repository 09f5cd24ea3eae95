"""Connections of our own to named targets: by the minute, and as tests of an admin."""
