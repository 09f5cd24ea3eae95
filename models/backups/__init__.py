"""Copies of the store in one file: written and checked, restored into an empty store, and by way of
them the move of the embedded database to another major version.

Modules: PostgreSQL's own client programs (`clients`, `connection`), the file (`dump`, `restore`),
what two stores have in common (`fingerprints`), and `major_upgrade`.
"""
