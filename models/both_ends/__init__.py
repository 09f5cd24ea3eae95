"""One connection, both ends: how its browser and its server saw it end."""
