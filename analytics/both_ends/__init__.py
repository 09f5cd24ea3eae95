"""What both ends of a connection say of its end, joined: counts, single connections, sentences."""
