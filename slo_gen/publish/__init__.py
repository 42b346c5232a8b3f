"""Bringing what was compiled to the servers that show it."""
