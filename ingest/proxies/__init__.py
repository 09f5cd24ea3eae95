"""What proxies in front of us did to a request: its path, its origin, what it says of them."""
