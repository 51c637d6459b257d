"""Simulated evolution wireless devices, over the Media Control Protocol (reference/sennheiser.md 5, 8)."""
