"""The commands that copy the store: into a file, out of it, and to another major version."""
