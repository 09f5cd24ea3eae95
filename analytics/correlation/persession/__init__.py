"""Sessions as points: all of them together, and among equals."""
