"""What simulated clients do."""
