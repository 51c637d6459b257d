"""Drivers and discovery, one plugin a manufacturer."""
