"""Keeps work on many rows going when a few of them cannot be processed: those are set aside."""
