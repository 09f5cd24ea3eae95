"""The bench of durable posts."""
