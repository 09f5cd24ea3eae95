"""Links to a wall."""
