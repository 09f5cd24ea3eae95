"""What the health check asks of a web worker."""
