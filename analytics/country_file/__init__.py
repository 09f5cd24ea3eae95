"""The file that says which country an address is of: which one is used, read, replaced."""
