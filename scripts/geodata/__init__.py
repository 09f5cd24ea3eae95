"""The command `scripts/geo`, and what makes the country file's figures, the map and its places."""
