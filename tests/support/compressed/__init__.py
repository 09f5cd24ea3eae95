"""A complete installation whose clock is moved on by the test: a week of it takes an hour."""
