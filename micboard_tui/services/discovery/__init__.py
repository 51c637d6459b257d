"""Searching the network for devices."""
