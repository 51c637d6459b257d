"""Simulated evolution wireless devices, over the Media Control Protocol.

Source: docs/reference/protocols/sennheiser.md 5, 8.
"""
