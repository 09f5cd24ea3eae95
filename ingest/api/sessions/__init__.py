"""Erasing sessions."""
