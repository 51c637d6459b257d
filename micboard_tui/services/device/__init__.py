"""Registering, finding and commanding devices."""
