"""Locations, and which device stands where."""
