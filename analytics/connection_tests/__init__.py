"""Tests that an admin runs from the pages: one connection by stages, many, round trips."""
