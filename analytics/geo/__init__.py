"""Countries, their names and their places on the map. Pure: tables of our own, no address."""
