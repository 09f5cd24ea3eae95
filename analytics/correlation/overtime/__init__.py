"""Hours as points: what is unusual for the hour on one side, beside the other."""
