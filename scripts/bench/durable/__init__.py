"""Durable posts side by side: this build, another build, and InfluxDB with fsync."""
