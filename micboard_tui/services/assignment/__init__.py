"""Performers, and who has which channel."""
