"""What measuring costs the servers that the agent has a face for."""
