"""One connection, both ends: a page of the server and of the browsers."""
