"""Servers that receive what the product sends out."""
