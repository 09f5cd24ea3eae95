"""A recorded day of this installation, replayed: its arrivals, lengths and messages, scaled."""
