"""Performers, who has which channel, and where devices stand."""
